/** Whether pages of an origin are among those a list allows. */
export type OriginTest = (origin: string) => boolean;

/** Compiles a list of `*`, origins, and origins whose host begins with `*.`, which stands for one or more labels. */
export function originTest(origins: readonly string[]): OriginTest {
  if (origins.includes('*')) return () => true;
  const exact = new Set(origins.filter((origin) => !origin.includes('*')));
  const below = origins.filter((origin) => origin.includes('*')).map(readPattern);
  return (origin) => exact.has(origin) || below.some((pattern) => isBelow(origin, pattern));
}

interface Pattern {
  /** `https://` */
  readonly before: string;
  /** `.example.com:8443` */
  readonly after: string;
}

function readPattern(origin: string): Pattern {
  const star = origin.indexOf('*');
  return { before: origin.slice(0, star), after: origin.slice(star + 1) };
}

function isBelow(origin: string, { before, after }: Pattern): boolean {
  if (origin.length <= before.length + after.length) return false;
  if (!origin.startsWith(before) || !origin.endsWith(after)) return false;
  const labels = origin.slice(before.length, origin.length - after.length);
  for (let index = 0; index < labels.length; index += 1) if (!isOfHost(labels.charCodeAt(index))) return false;
  return true;
}

/** A letter, a digit, a hyphen or a dot: what is no host cannot pretend to be below one. */
function isOfHost(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e;
}
