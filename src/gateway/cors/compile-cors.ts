import type { CorsPolicy } from '../../protocol/policies/cors.ts';
import { originTest } from './origins.ts';

/** What a browser asks before it sends what a page wants (Fetch, 3.2.2). */
interface Preflight {
  readonly origin: string;
  /** `Access-Control-Request-Method`. */
  readonly method: string;
  /** `Access-Control-Request-Headers`. */
  readonly headers: string | undefined;
}

/** The CORS rules of a route, ready for requests. Fields are names and values in turn. */
export interface Cors {
  /** For every answer to a request with this `Origin`, refusals too, so that pages can read why. */
  readonly answerFields: (origin: string | undefined) => readonly string[];
  /** For the answer to a preflight. */
  readonly preflightFields: (preflight: Preflight) => readonly string[];
}

const maxRequestedHeaders = 1024;
const tokens = /^[!#$%&'*+\-.^_`|~\w, \t]*$/;
const none: readonly string[] = [];
/** Methods that pages can use without leave (Fetch, 2.2.1). */
const always: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);

export function compileCors(policy: CorsPolicy): Cors {
  const exposed = policy.expose.length === 0 ? none : ['access-control-expose-headers', policy.expose.join(', ')];
  const isForAll = policy.origins.includes('*') && !policy.credentials;
  // Where the answer is the same for all, caches need not keep it apart.
  const refused = isForAll ? none : ['vary', 'Origin'];
  const leaveOf = isForAll ? () => ['access-control-allow-origin', '*'] : leaveByOrigin(policy);
  const forAll = ['access-control-allow-origin', '*', ...exposed];
  return {
    answerFields: (origin) => {
      if (isForAll) return forAll;
      const leave = origin === undefined ? undefined : leaveOf(origin);
      return leave ? [...leave, ...exposed] : refused;
    },
    preflightFields: (preflight) => {
      const leave = mayBeUsed(policy, preflight.method) ? leaveOf(preflight.origin) : undefined;
      return leave ? [...leave, ...describeLeave(policy, preflight)] : refused;
    },
  };
}

function leaveByOrigin({ origins, credentials }: CorsPolicy): (origin: string) => readonly string[] | undefined {
  const isAllowed = originTest(origins);
  const rest = [...(credentials ? ['access-control-allow-credentials', 'true'] : none), 'vary', 'Origin'];
  return (origin) => {
    // `null` is what sandboxed frames of anybody send: nobody in particular gets no credentials.
    if (!isAllowed(origin) || (credentials && origin === 'null')) return undefined;
    return ['access-control-allow-origin', origin, ...rest];
  };
}

function mayBeUsed({ methods }: CorsPolicy, method: string): boolean {
  return always.has(method) || methods.includes(method);
}

function describeLeave({ methods, headers, maxAgeSeconds }: CorsPolicy, preflight: Preflight): readonly string[] {
  const allowed = headers.includes('*') ? requested(preflight.headers) : headers.join(', ');
  return [
    'access-control-allow-methods',
    methods.join(', '),
    ...(allowed === '' ? none : ['access-control-allow-headers', allowed]),
    'access-control-max-age',
    String(maxAgeSeconds),
  ];
}

/** Every field that is asked for, named: `*` would not take in `Authorization`. */
function requested(headers: string | undefined): string {
  return headers !== undefined && headers.length <= maxRequestedHeaders && tokens.test(headers) ? headers : '';
}
