import type { Operation } from './operation.ts';
import { unknownType, type NamedType, type TypeNode } from './type-node.ts';

// TypeScript multiplies out what is all of several unions and gives up at 100,000 (its error 2590).
const mostChoices = 10_000;

type Choices = (type: TypeNode) => number;

/** The same types and operations, with `unknown` for intersections that stand for more choices than TypeScript takes. */
export function limitChoices(
  types: readonly NamedType[],
  operations: readonly Operation[],
): { types: NamedType[]; operations: Operation[] } {
  const choices = createChoices(types);
  const limit = (type: TypeNode): TypeNode => limited(type, choices);
  return {
    types: types.map((named) => ({ ...named, type: limit(named.type) })),
    operations: operations.map((operation) => ({
      ...operation,
      replies: operation.replies.map((reply) => ({ ...reply, body: limit(reply.body) })),
      ...(operation.body && { body: { ...operation.body, type: limit(operation.body.type) } }),
    })),
  };
}

/** Counts of how many types a type is a choice; expects that no name leads back to itself. */
function createChoices(types: readonly NamedType[]): Choices {
  const named = new Map(types.map(({ name, type }) => [name, type]));
  const counts = new Map<string, number>();
  const choices: Choices = (type) => {
    if (type.kind === 'union') return type.parts.reduce((sum, part) => sum + choices(part), 0);
    if (type.kind === 'intersection') return tooMany(type.parts, choices) ? 1 : product(type.parts, choices);
    if (type.kind === 'text') return type.text === 'boolean' ? 2 : 1;
    if (type.kind !== 'name') return 1;
    const target = named.get(type.name);
    const count = counts.get(type.name) ?? (target ? choices(target) : 1);
    counts.set(type.name, count);
    return count;
  };
  return choices;
}

function limited(type: TypeNode, choices: Choices): TypeNode {
  if (type.kind === 'object') {
    const members = type.members.map((member) => ({ ...member, type: limited(member.type, choices) }));
    return { ...type, members, ...(type.rest && { rest: limited(type.rest, choices) }) };
  }
  if (!('parts' in type)) return type;
  if (type.kind === 'intersection' && tooMany(type.parts, choices)) return unknownType('too many combinations');
  return { ...type, parts: type.parts.map((part) => limited(part, choices)) };
}

function tooMany(parts: readonly TypeNode[], choices: Choices): boolean {
  return product(parts, choices) > mostChoices;
}

function product(parts: readonly TypeNode[], choices: Choices): number {
  return parts.reduce((sofar, part) => sofar * choices(part), 1);
}
