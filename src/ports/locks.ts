/** Keeps two commands from changing one system at once. */
export interface Locks {
  /**
   * Runs `work` while holding the lock of that name. Throws MSA_BUSY naming the process that holds it; a holder that no
   * longer lives holds nothing.
   */
  readonly hold: <T>(name: string, work: () => Promise<T>) => Promise<T>;
}
