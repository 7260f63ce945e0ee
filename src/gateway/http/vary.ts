import { listOf, setField } from './fields.ts';

/** Says that an answer differs by one more field of requests, unless it says so already; in place. */
export function addVary(fields: string[], name: string): void {
  const known = listOf(fields, 'vary');
  if (known === undefined || known.trim() === '') return setField(fields, 'vary', name);
  const names = new Set(known.split(',').map((each) => each.trim().toLowerCase()));
  if (!names.has('*') && !names.has(name.toLowerCase())) setField(fields, 'vary', `${known}, ${name}`);
}
