/** By the code of the error, Node's or undici's. */
const explanations: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['EPIPE', 'connection reset'],
  ['ETIMEDOUT', 'connection timed out'],
  ['UND_ERR_CONNECT_TIMEOUT', 'connection timed out'],
  ['UND_ERR_SOCKET', 'connection closed before the answer was complete'],
  ['ENOTFOUND', 'there is no host of that name'],
  ['EAI_AGAIN', 'names of hosts cannot be looked up now'],
  ['EMFILE', 'this machine allows msa no more open files'],
  ['EADDRNOTAVAIL', 'this machine has no free port for another connection'],
]);

/** Why a request got no answer, in a few words. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return explanations.get(code) ?? (code === '' ? error.message : `${error.message} (${code})`);
}
