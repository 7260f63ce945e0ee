/** Header fields that msa's programs set; all in lower case. */
export const headers = {
  requestId: 'x-request-id',
  /** Set by the gateway on its own error answers: why it answered instead of a service. */
  gatewayError: 'x-msa-error',
  /** Tells a service how many milliseconds its caller still waits; on a call through an edge it tells the gateway. */
  timeout: 'x-msa-timeout-ms',
  /** Set by the gateway on answers that are not the service's own: `stale`, `service` or `answer`. */
  fallback: 'x-msa-fallback',
  /** Set by the gateway on every proxied answer: the instance that gave it. */
  instance: 'x-msa-instance',
  /** Set by the gateway on requests whose token or API key it has checked: the user, or the name of the key. */
  user: 'x-msa-user',
  /** The program that was given the token or holds the key. */
  consumer: 'x-msa-consumer',
  issuer: 'x-msa-issuer',
  roles: 'x-msa-roles',
  scopes: 'x-msa-scopes',
  /** Set by the gateway on edges: the service that calls. */
  caller: 'x-msa-caller',
  /** Set by the gateway on an answer made of several: the parts that are missing. */
  partial: 'x-msa-partial',
} as const;

/** Token by which the gateway knows itself in `Via`. */
export const viaToken = 'msa';
