/** Header fields that msa's programs set; all in lower case. */
export const headers = {
  requestId: 'x-request-id',
  /** Set by the gateway on its own error answers: why it answered instead of a service. */
  gatewayError: 'x-msa-error',
  /** Set by the gateway on every proxied answer: the instance that gave it. */
  instance: 'x-msa-instance',
} as const;

/** Token by which the gateway knows itself in `Via`. */
export const viaToken = 'msa';
