import { intersectionOf, unionOf, unknownType, type NamedType, type TypeNode } from './type-node.ts';

type Types = ReadonlyMap<string, TypeNode>;

/**
 * Makes types that mean nothing but themselves (`type A = B | null; type B = A`) unknown where they close the circle:
 * TypeScript refuses them. Circles through an object or a list are fine.
 */
export function breakCycles(named: readonly NamedType[]): NamedType[] {
  const types = new Map(named.map(({ name, type }) => [name, type]));
  for (const { name, type } of named) {
    if (reaches(types, type, name)) types.set(name, withoutName(types, type, name));
  }
  return named.map((one) => ({ ...one, type: types.get(one.name) ?? one.type }));
}

/** Whether a type is made of the named one, directly or through other names. */
function reaches(types: Types, from: TypeNode, wanted: string): boolean {
  const seen = new Set<string>();
  const waiting = namesIn(from);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === wanted) return true;
    const type = types.get(name);
    if (type && !seen.has(name)) waiting.push(...namesIn(type));
    seen.add(name);
  }
  return false;
}

function namesIn(type: TypeNode): string[] {
  if (type.kind === 'name') return [type.name];
  return type.kind === 'union' || type.kind === 'intersection' ? type.parts.flatMap(namesIn) : [];
}

function withoutName(types: Types, type: TypeNode, name: string): TypeNode {
  if (type.kind === 'union') return unionOf(type.parts.map((part) => withoutName(types, part, name)));
  if (type.kind === 'intersection') return intersectionOf(type.parts.map((part) => withoutName(types, part, name)));
  return type.kind === 'name' && reaches(types, type, name) ? unknownType('it describes only itself') : type;
}
