import type { Finding, Path } from '../problem.ts';
import { defaultValues } from '../schema/default-values.ts';
import { parseDurationMs } from '../schema/quantities.ts';
import type { PolicyDraft, WorkspaceDraft } from '../workspace-draft.ts';
import { bodyless } from '../schema/policies/elsewhere.ts';
import { asMapping, type Mapping } from '../yaml/mapping.ts';
import { whoElse } from './check-calls.ts';

/** Keys of balancing and resilience that would mean nothing beside or without others, and services that there are not. */
export function checkResilience({ policies, services }: WorkspaceDraft): readonly Finding[] {
  const names = new Set(services.map(({ name }) => name));
  return policies.flatMap((policy) => [
    ...checkTries(policy, timeoutOf(policy, policies)),
    ...checkHash(policy),
    ...checkBreaker(policy),
    ...checkConcurrency(policy),
    ...fallbacksOf(policy).flatMap((fallback) => checkFallback(fallback, policy.service, names)),
  ]);
}

/** What holds where nothing is written: for routes the defaults, for calls that of msa. */
function timeoutOf({ path, value }: PolicyDraft, policies: readonly PolicyDraft[]): unknown {
  const defaults = policies.find((policy) => policy.path.join('.') === 'gateway.defaults');
  const common = path[2] === 'calls' ? undefined : defaults?.value['timeout'];
  return value['timeout'] ?? common ?? defaultValues.timeout;
}

/** Times within a request that are longer than the request has. */
function checkTries({ path, value }: PolicyDraft, timeout: unknown): readonly Finding[] {
  const times = [
    ['tryTimeout', [], value['tryTimeout']],
    ['after', ['hedge'], asMapping(value['hedge'])?.['after']],
    ['wait', ['concurrency'], asMapping(value['concurrency'])?.['wait']],
  ] as const;
  return times.flatMap(([key, above, time]): readonly Finding[] => {
    if (typeof timeout !== 'string' || typeof time !== 'string') return [];
    if (!(parseDurationMs(time) > parseDurationMs(timeout))) return [];
    const message = `\`${key}\` is longer than \`timeout\` (\`${timeout}\`), so that it never counts.`;
    return [{ path: [...path, ...above, key], message, hint: 'Make it shorter, or remove it.' }];
  });
}

function checkHash({ path, value }: PolicyDraft): readonly Finding[] {
  const hash = asMapping(asMapping(value['balance'])?.['hash']);
  if (hash === undefined) return [];
  const given = ['header', 'cookie'].filter((key) => hash[key] !== undefined);
  if (given.length === 1) return [];
  const message =
    given.length === 0
      ? '`hash` does not say what requests have in common.'
      : '`hash` has both `header` and `cookie`, but one of them decides.';
  return [{ path: [...path, 'balance', 'hash'], message, hint: 'Write for example `hash: { header: x-user }`.' }];
}

function checkBreaker({ path, value }: PolicyDraft): readonly Finding[] {
  const breaker = asMapping(value['breaker']);
  if (breaker === undefined) return [];
  const { slow, slowAfter, window, minimum } = breaker;
  const findings: Finding[] = [];
  if (slow !== undefined && slowAfter === undefined) {
    const message = '`slow` means nothing without `slowAfter`, which says when a request is slow.';
    findings.push({ path: [...path, 'breaker', 'slow'], message, hint: 'Add for example `slowAfter: 1s`.' });
  }
  if (typeof window === 'number' && typeof minimum === 'number' && minimum > window) {
    const message = `\`minimum\` is more than the ${window} requests of the window, so that it never opens.`;
    findings.push({ path: [...path, 'breaker', 'minimum'], message, hint: `Make it at most ${window}.` });
  }
  return findings;
}

function checkConcurrency({ path, value }: PolicyDraft): readonly Finding[] {
  const concurrency = asMapping(value['concurrency']);
  if (concurrency?.['wait'] === undefined || concurrency['queue'] !== undefined) return [];
  const message = '`wait` means nothing without `queue`, since nobody waits.';
  return [{ path: [...path, 'concurrency', 'wait'], message, hint: 'Add for example `queue: 100`.' }];
}

interface FallbackDraft {
  readonly path: Path;
  readonly value: Mapping;
}

function fallbacksOf({ path, value }: PolicyDraft): readonly FallbackDraft[] {
  const written: unknown = value['fallback'];
  const place = [...path, 'fallback'];
  const items: readonly (readonly [unknown, Path])[] = Array.isArray(written)
    ? written.map((item: unknown, index) => [item, [...place, index]])
    : [[written, place]];
  return items.flatMap(([item, itemPath]) => {
    const mapping = asMapping(item);
    return mapping === undefined ? [] : [{ path: itemPath, value: mapping }];
  });
}

const hintOne = 'Write one of `stale`, `service`, or `status` with `body`; several make a list.';

function checkFallback(
  { path, value }: FallbackDraft,
  owner: string | undefined,
  names: ReadonlySet<string>,
): readonly Finding[] {
  const isAnswer = ['status', 'body', 'type'].some((key) => value[key] !== undefined);
  const kinds = [value['stale'] !== undefined, value['service'] !== undefined, isAnswer].filter(Boolean).length;
  if (kinds !== 1) {
    const message = kinds === 0 ? 'This fallback says nothing.' : 'This fallback says more than one thing.';
    return [{ path, message, hint: hintOne }];
  }
  const { service, status, body } = value;
  if (typeof status === 'number' && bodyless.has(status) && body !== undefined) {
    const message = `An answer of ${status} has no \`body\`.`;
    return [{ path: [...path, 'body'], at: 'key', message, hint: 'Remove it, or give another status.' }];
  }
  if (typeof service !== 'string') return [];
  const place = [...path, 'service'];
  if (service === owner) {
    return [{ path: place, message: `\`${service}\` cannot stand in for itself.`, hint: 'Name another service.' }];
  }
  if (names.has(service)) return [];
  return [{ path: place, message: `There is no service \`${service}\`.`, hint: whoElse(service, owner, names) }];
}
