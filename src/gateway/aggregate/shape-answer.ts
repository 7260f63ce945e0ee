import type { AggregateCall } from '../../protocol/policies/aggregate.ts';
import { isRecord, moveAt, prototypeNames, removeAt, valueAt } from '../json/json-paths.ts';
import type { JsonSteps } from '../json/json-paths.ts';

/** Picks, filters and renames an answer as its call says. Changes it in place; others that read it get it before. */
export function shapeAnswer(answer: unknown, { pick, allow, deny, rename }: AggregateCall): unknown {
  const picked = pick === undefined ? answer : (valueAt(answer, pick) ?? null);
  const shaped = structuredClone(allow === undefined ? picked : keepOnly(picked, allow));
  for (const path of deny ?? []) removeAt(shaped, path);
  for (const [from, to] of rename ?? []) moveAt(shaped, { from, to });
  return shaped;
}

/** Only what the paths lead to; lists keep their length where `*` goes into them. */
function keepOnly(value: unknown, paths: readonly JsonSteps[]): unknown {
  if (paths.some((path) => path.length === 0)) return value;
  if (Array.isArray(value)) {
    const below = paths.flatMap(([step, ...rest]) => (step === '*' ? [rest] : []));
    return below.length === 0 ? [] : value.map((item) => keepOnly(item, below));
  }
  if (!isRecord(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const below = paths.flatMap(([step, ...rest]) => (step === name ? [rest] : []));
    if (below.length > 0 && !prototypeNames.has(name)) kept[name] = keepOnly(member, below);
  }
  return kept;
}
