import type { Finding, Path } from '../problem.ts';
import { parsePeriodMs } from '../schema/quantities.ts';
import type { PolicyDraft, WorkspaceDraft } from '../workspace-draft.ts';
import { asMapping } from '../yaml/mapping.ts';
import type { Mapping } from '../yaml/mapping.ts';

/** A limit that counts together with those of the same name. */
interface NamedLimit {
  readonly name: string;
  readonly path: Path;
  /** What it counts, and how many. */
  readonly rule: string;
}

/** Limits of one name count together, so they are the same; those of routes and those of calls never do. */
export function checkRateLimits({ policies }: WorkspaceDraft): readonly Finding[] {
  const ofCalls = policies.filter(({ path: [, , key] }) => key === 'calls');
  const ofRoutes = policies.filter((policy) => !ofCalls.includes(policy));
  return [ofRoutes, ofCalls].flatMap((some) => differing(some.flatMap(namedLimits)));
}

function differing(limits: readonly NamedLimit[]): readonly Finding[] {
  const first = new Map<string, NamedLimit>();
  return limits.flatMap((limit): readonly Finding[] => {
    const other = first.get(limit.name) ?? limit;
    first.set(limit.name, other);
    if (other.rule === limit.rule) return [];
    const message = `\`${limit.name}\` is another limit already, and limits of one name count together.`;
    const hint = 'Write the same `by`, `limit`, `per` and `burst` in both, or give it another name.';
    return [{ path: [...limit.path, 'name'], message, hint, other: [...other.path, 'name'] }];
  });
}

function namedLimits({ path, value }: PolicyDraft): readonly NamedLimit[] {
  const written = value['rateLimit'];
  const place = [...path, 'rateLimit'];
  const items: readonly (readonly [unknown, Path])[] = Array.isArray(written)
    ? written.map((item: unknown, index) => [item, [...place, index]])
    : [[written, place]];
  return items.flatMap(([item, itemPath]) => {
    const limit = asMapping(item);
    const name = limit?.['name'];
    return limit === undefined || typeof name !== 'string' ? [] : [{ name, path: itemPath, rule: ruleOf(limit) }];
  });
}

function ruleOf({ by = 'address', limit, per, burst = limit }: Mapping): string {
  return JSON.stringify([by, limit, typeof per === 'string' ? parsePeriodMs(per) : per, burst]);
}
