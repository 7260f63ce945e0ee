/** A duration of the schema: a number and its unit. */
export const durationPattern = /^\d{1,9}(?:\.\d{1,3})?(?:ms|s|m|h)$/;
/** The same for what is counted, where days make sense too. */
export const periodPattern = /^\d{1,9}(?:\.\d{1,3})?(?:ms|s|m|h|d)$/;
/** An amount of memory of the schema: a number and its unit. */
export const sizePattern = /^\d{1,9}(?:\.\d{1,3})?[kKmMgG]$/;

/** A share of the schema. */
export const percentPattern = /^\d{1,3}(?:\.\d{1,2})?%$/;

const millisecondsPerUnit: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);
const bytesPerUnit: ReadonlyMap<string, number> = new Map([
  ['k', 1024],
  ['m', 1024 ** 2],
  ['g', 1024 ** 3],
]);

/** Milliseconds of a duration such as `2s` or `500ms`; not a number when it is none. */
export function parseDurationMs(text: string): number {
  return durationPattern.test(text) ? amount(text, millisecondsPerUnit) : Number.NaN;
}

/** Milliseconds of a time such as `1m` or `30d`; not a number when it is none. */
export function parsePeriodMs(text: string): number {
  if (!periodPattern.test(text)) return Number.NaN;
  return text.endsWith('d') ? Math.round(Number(text.slice(0, -1)) * 86_400_000) : parseDurationMs(text);
}

/** Whether a time is said in days. */
export function isInDays(text: string): boolean {
  return text.endsWith('d');
}

/** Bytes of an amount such as `512m`, with 1024 as Docker counts; not a number when it is none. */
export function parseSizeBytes(text: string): number {
  return sizePattern.test(text) ? amount(text.toLowerCase(), bytesPerUnit) : Number.NaN;
}

/** From 0 to 1 of a share such as `50%`; not a number when it is none. */
export function parseShare(text: string): number {
  return percentPattern.test(text) ? Number.parseFloat(text) / 100 : Number.NaN;
}

function amount(text: string, units: ReadonlyMap<string, number>): number {
  const number = Number.parseFloat(text);
  const unit = text.replace(/^[\d.]+/, '');
  return Math.round(number * (units.get(unit) ?? Number.NaN));
}
