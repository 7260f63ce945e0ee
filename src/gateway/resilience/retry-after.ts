/** A date of HTTP in one of its three forms (RFC 9110, 5.6.7); which exactly it is says Date.parse. */
const datePattern = /^[A-Z][a-z]{2,8},? [A-Za-z0-9: -]{17,32}$/;

/** Milliseconds to wait that a `Retry-After` field asks for; undefined when it cannot be read. */
export function readRetryAfterMs(text: string, wallClockMs: number): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!datePattern.test(text)) return undefined;
  // The oldest of the forms does not say that it is in GMT.
  const at = Date.parse(text.endsWith(' GMT') ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : Math.max(0, at - wallClockMs);
}
