import type { CachePolicy } from '../../protocol/policies/cache.ts';
import { baseOf } from '../proxy/incoming.ts';
import type { Incoming } from '../proxy/incoming.ts';
import type { ServiceInstances } from '../state/service-instances.ts';
import { parseCacheControl } from './cache-control.ts';
import type { Directives } from './cache-control.ts';
import type { Condition } from './conditions.ts';
import type { Keeping } from './freshness.ts';
import { ownerOf } from './variants.ts';
import type { Asker } from './variants.ts';

/** A request that can be answered with what is kept. */
export interface CacheRequest {
  readonly incoming: Incoming;
  readonly service: ServiceInstances;
  readonly directives: Directives;
  /** Its answer is for somebody in particular. */
  readonly authenticated: boolean;
  readonly condition: Condition | undefined;
  readonly keeping: Keeping;
  /** Of all answers for this path of the service. */
  readonly resourceKey: string;
  readonly asker: Asker;
}

/** What decides, of all fields; the rest is looked at only where answers differ by it. */
class Decisive {
  'cache-control': string | undefined = undefined;
  pragma: string | undefined = undefined;
  authorization: string | undefined = undefined;
  'if-none-match': string | undefined = undefined;
  'if-modified-since': string | undefined = undefined;
  /** Parts, and conditions that no cache can decide. */
  other = false;
}

type Known = 'cache-control' | 'pragma' | 'authorization' | 'if-none-match' | 'if-modified-since';
const decisive: ReadonlyMap<string, Known | 'other'> = new Map([
  ...(['cache-control', 'pragma', 'authorization', 'if-none-match', 'if-modified-since'] as const).map(
    (name) => [name, name] as const,
  ),
  ...['range', 'if-range', 'if-match', 'if-unmodified-since'].map((name) => [name, 'other'] as const),
]);

function readDecisive(fields: readonly string[]): Decisive {
  const found = new Decisive();
  for (let index = 0; index < fields.length; index += 2) {
    const name = decisive.get((fields[index] ?? '').toLowerCase());
    if (name === undefined) continue;
    const value = fields[index + 1] ?? '';
    if (name === 'other') found.other = true;
    else found[name] = found[name] === undefined ? value : `${found[name]}, ${value}`;
  }
  return found;
}

interface Route {
  readonly name: string;
  readonly policy: CachePolicy;
  readonly service: ServiceInstances;
}

/** Reads a GET or HEAD; undefined when it is for the service alone: it has a body, or asks for a part. */
export function readCacheRequest(incoming: Incoming, { name, policy, service }: Route): CacheRequest | undefined {
  const { head, identity, onwardPath, onwardQuery } = incoming;
  const hasBody = head.transferEncoding !== undefined || Number(head.contentLength ?? 0) > 0;
  if (hasBody || incoming.upgrade !== undefined) return undefined;
  const found = readDecisive(head.fields);
  if (found.other) return undefined;
  const owner = policy.private ? ownerOf(head.fields, identity ? JSON.stringify(identity) : '') : '';
  const asked = incoming.service ?? service;
  return {
    incoming,
    service: asked,
    // RFC 9111, 5.4: what clients from before Cache-Control say.
    directives: parseCacheControl(found['cache-control'] ?? found.pragma),
    authenticated: found.authorization !== undefined || identity !== undefined,
    condition: readCondition(found),
    // Without anything to tell callers apart, it is for many.
    keeping: { policy, shared: owner === '' },
    resourceKey: `${asked.name}\n${onwardPath}`,
    asker: { target: name, base: baseOf(incoming), query: onwardQuery, owner, fields: head.fields },
  };
}

function readCondition(found: Decisive): Condition | undefined {
  const { 'if-none-match': ifNoneMatch, 'if-modified-since': ifModifiedSince } = found;
  return ifNoneMatch === undefined && ifModifiedSince === undefined ? undefined : { ifNoneMatch, ifModifiedSince };
}
