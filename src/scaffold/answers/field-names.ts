import { quoted } from './parsed.ts';

/** Why a field cannot have this name, with a name that would do. */
export interface NameFault {
  readonly message: string;
  readonly proposal: string;
}

/** Every representation has these; a field of that name would replace them. With each, a name that is free. */
const given: ReadonlyMap<string, string> = new Map([
  ['id', 'code'],
  ['status', 'condition'],
  ['version', 'edition'],
  ['links', 'addresses'],
  ['createdAt', 'startedAt'],
  ['updatedAt', 'changedAt'],
]);

/** Names every object already answers to. As fields they break code that reads or copies objects. */
const inherited = new Set(['prototype', ...Object.getOwnPropertyNames(Object.prototype)]);

/**
 * What is wrong with a field's name, or undefined. JavaScript's reserved words are fine: generated code only ever
 * uses a field as a property.
 */
export function faultOfFieldName(name: string): NameFault | undefined {
  const free = given.get(name);
  if (free !== undefined) return { message: `every resource already has a field ${quoted(name)}`, proposal: free };
  if (inherited.has(name)) {
    return { message: `${quoted(name)} is a name every JavaScript object already has`, proposal: 'value' };
  }
  if (name.length > 40) return { message: `${quoted(name)} is longer than 40 characters`, proposal: 'note' };
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) {
    return {
      message: `${quoted(name)} is not a camelCase name beginning with a small letter`,
      proposal: camelFrom(name),
    };
  }
  return undefined;
}

/** `unit_price` and `Unit-Price` -> `unitPrice`. */
function camelFrom(name: string): string {
  const words = name.slice(0, 40).match(/[A-Za-z0-9]+/g) ?? [];
  const joined = words
    .map((word, index) => (index === 0 ? word : word.slice(0, 1).toUpperCase() + word.slice(1)))
    .join('');
  const camel = joined.slice(0, 1).toLowerCase() + joined.slice(1);
  const usable = /^[a-z][A-Za-z0-9]*$/.test(camel) && !given.has(camel) && !inherited.has(camel);
  return usable ? camel : 'unitPrice';
}
