import { breakCycles } from './break-cycles.ts';
import { memberOf } from './document.ts';
import type { Reading } from './reading.ts';
import { docOfSchema, typeOfSchema } from './schema-type.ts';
import type { NamedType } from './type-node.ts';

/** The types of all component schemas in use, and of those they use, in the order of the document. */
export function readTypes(reading: Reading): NamedType[] {
  const schemas = memberOf(memberOf(reading.document, 'components'), 'schemas');
  const types = new Map<string, NamedType>();
  // A set that grows while it is walked is walked to its end.
  for (const component of reading.used) {
    const schema = memberOf(schemas, component);
    const name = reading.typeNames.get(component);
    if (name !== undefined)
      types.set(component, { name, type: typeOfSchema(schema, reading), doc: docOfSchema(schema) });
  }
  const inOrder = [...reading.typeNames.keys()].map((component) => types.get(component));
  return breakCycles(inOrder.filter((type) => type !== undefined));
}
