const firstMs = 250;
const longestMs = 15_000;

/** How long an instance stays out that has failed this often in a row before. */
export function ejectionMs(failuresBefore: number): number {
  return Math.min(firstMs * 2 ** Math.min(failuresBefore, 16), longestMs);
}
