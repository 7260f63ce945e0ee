/**
 * Calls back when the time is up, after events that have already arrived: when this process itself was held up, an
 * answer that waits in the socket must not count as none.
 */
export function startDeadline(ms: number, onLate: () => void): () => void {
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    immediate = setImmediate(onLate);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}
