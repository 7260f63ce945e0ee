/** To a tenth of a millisecond: the rest is noise. */
export function roundMs(ms: number): number {
  return Math.round(ms * 10) / 10;
}
