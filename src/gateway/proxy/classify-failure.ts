import type { FailureKind } from '../balance/endpoint.ts';
import type { ServiceInstances } from '../state/service-instances.ts';

/** `own`: the gateway itself has run out of something, which says nothing of the instance. */
type Failure = FailureKind | 'malformed' | 'own';

const ownCodes: ReadonlySet<string> = new Set([
  'EMFILE',
  'ENFILE',
  'EADDRNOTAVAIL',
  'ENOBUFS',
  'ENOMEM',
  'UND_ERR_INVALID_ARG',
]);

/** What an error of undici means; `sent` says whether the request had been given to a connection. */
export function classifyFailure(error: Error, sent: boolean): Failure {
  const code = 'code' in error ? String(error.code) : '';
  if (ownCodes.has(code)) return 'own';
  if (!sent) return 'connect';
  // Node and undici throw the latter two when they are to write what came.
  const isNonsense = code.startsWith('HPE_') || error instanceof TypeError || error instanceof RangeError;
  return isNonsense || code === 'UND_ERR_HEADERS_OVERFLOW' ? 'malformed' : 'reset';
}

/** A few words on an error for logs and problem documents. */
export function describeFailure(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return code.startsWith('UND_ERR_') || code.startsWith('HPE_') ? error.message : code;
}

/** Why no instance of a service can be asked, for problem documents. */
export function describeAbsence({ name, endpoints }: ServiceInstances): string {
  if (endpoints.length === 0) return `${name} has no instances.`;
  const known = endpoints.map(
    ({ id, status, ejectedBy }) => `${id} is ${ejectedBy === 'connect' ? 'unreachable' : status}`,
  );
  return `No instance of ${name} can take the request: ${known.join(', ')}.`;
}
