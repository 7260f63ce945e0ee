import type { Mapping } from '../../model/yaml/mapping.ts';
import { componentName, memberOf, membersOf } from './document.ts';
import { createTypeNames, typeNameFrom } from './identifiers.ts';

/** Enough for any service; a document with more is cut, so that none can make us write without end. */
export const limits = {
  operations: 300,
  types: 300,
  members: 200,
  values: 100,
  parameters: 50,
  nameLength: 100,
  depth: 16,
  schemas: 20_000,
};

/** What is known and remembered while one document is read. */
export interface Reading {
  readonly document: Mapping;
  /** The type for each component schema; only those in `used` are written. */
  readonly typeNames: ReadonlyMap<string, string>;
  readonly used: Set<string>;
  /** What the user should know about the client, each said once. */
  readonly notes: Set<string>;
  /** How many more schemas are looked at: references can make a small document endless. */
  readonly budget: { left: number };
}

/** Begins to read a document; `takenTypes` are the names of types that its schemas may not have. */
export function createReading(document: Mapping, takenTypes: readonly string[]): Reading {
  const give = createTypeNames(takenTypes);
  const components = membersOf(memberOf(memberOf(document, 'components'), 'schemas'));
  const typeNames = new Map(components.map(([name]) => [name, give(typeNameFrom(name))]));
  return { document, typeNames, used: new Set(), notes: new Set(), budget: { left: limits.schemas } };
}

/** The type of the component schema a reference leads to, which is then written too; undefined when it leads elsewhere. */
export function useComponent(reading: Reading, ref: string): string | undefined {
  const component = componentName(ref);
  const typeName = component === undefined ? undefined : reading.typeNames.get(component);
  if (component === undefined || typeName === undefined) return undefined;
  if (!reading.used.has(component) && reading.used.size >= limits.types) {
    reading.notes.add(`Only the first ${limits.types} schemas became types; the others are unknown.`);
    return undefined;
  }
  reading.used.add(component);
  return typeName;
}
