import { dereference, itemsOf, memberOf, membersOf } from './document.ts';
import type { Reading } from './reading.ts';

/** Whether the representations of a service carry `links` with a relation, a method and an address each. */
export function hasLinks({ document, used }: Reading): boolean {
  const schemas = memberOf(memberOf(document, 'components'), 'schemas');
  return membersOf(schemas).some(([name, schema]) => {
    if (!used.has(name)) return false;
    const links = dereference(document, memberOf(memberOf(schema, 'properties'), 'links'));
    const link = dereference(document, memberOf(links, 'items'));
    const required = itemsOf(memberOf(link, 'required'));
    return ['rel', 'method', 'href'].every((member) => required.includes(member));
  });
}
