import { needsOf, type AggregateCall, type AggregatePolicy } from '../../protocol/policies/aggregate.ts';

/** What a request must bring along for an answer made of several, in words; empty when the path alone will do. */
export function wantedValues({ calls }: AggregatePolicy): readonly string[] {
  const required = calls.filter(({ optional }) => !optional);
  return [...new Set(required.flatMap((call) => valuesFor(call, calls)))];
}

/** The parts that an answer to the path alone lacks, because nothing else was brought along. */
export function partsToLack({ calls }: AggregatePolicy): ReadonlySet<string> {
  return new Set(calls.filter((call) => valuesFor(call, calls).length > 0).map(({ name }) => name));
}

/** Values of the client that the path of a call needs, or that of one it rests on. A parameter left out does no harm. */
function valuesFor(call: AggregateCall, calls: readonly AggregateCall[], above: readonly string[] = []): string[] {
  const others = calls.filter(({ name }) => needsOf(call).includes(name) && !above.includes(name));
  const own = call.path.flatMap((part) => {
    if (typeof part === 'string') return [];
    if (part.from === 'path') return ['more of a path'];
    if (part.from === 'query') return [`the parameter ${part.name}`];
    return part.from === 'header' ? [`the header ${part.name}`] : [];
  });
  return [...own, ...others.flatMap((other) => valuesFor(other, calls, [...above, call.name]))];
}
