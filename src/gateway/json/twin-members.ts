import { endOfString } from './exact-json.ts';

/**
 * Whether an object in a JSON text has a member twice. Programs differ in which of the two they take (RFC 8259, 4); the
 * parsed value has one of them, and so fewer members than the text has colons.
 */
export function hasTwinMembers(text: string, parsed: unknown): boolean {
  return countColons(text) > countMembers(parsed);
}

function countColons(text: string): number {
  let count = 0;
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === 0x3a) count += 1;
    index = code === 0x22 ? endOfString(text, index) : index + 1;
  }
  return count;
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members: readonly unknown[] = Object.values(value);
  let count = Array.isArray(value) ? 0 : members.length;
  for (const member of members) count += countMembers(member);
  return count;
}
