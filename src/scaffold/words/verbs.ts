import { regularVerb, stateVerbs, irregularParticiples } from './verb-forms.ts';

/**
 * Relations with a meaning of their own in our representations or in IANA's registry of link relations. No transition
 * can be called so: a client could not tell it from the link it knows.
 */
export const reservedRels: ReadonlySet<string> = new Set([
  'self',
  'collection',
  'item',
  'items',
  'first',
  'prev',
  'previous',
  'next',
  'last',
  'up',
  'create',
  'edit',
  'update',
  'replace',
  'delete',
  'remove',
  'search',
  'describedby',
  'service-desc',
  'service-doc',
  'service-meta',
  'status',
  'health',
  'type',
  'profile',
  'related',
  'alternate',
  'canonical',
  'via',
  'author',
  'help',
  'license',
  'index',
  'about',
  // No relation of anybody's, but a name every JavaScript object has.
  'constructor',
]);

/**
 * The relation that leads into a state: `paid` -> `pay`, `in-review` -> `review`, `on-hold` -> `put-on-hold`. Always a
 * kebab-case name and never a reserved relation; a word nobody knows gives `mark-<state>`.
 */
export function verbFor(state: string): string {
  const verb = stateVerbs.get(state) ?? verbOfPhrase(state.split('-')) ?? markVerbFor(state);
  return reservedRels.has(verb) ? markVerbFor(state) : verb;
}

/** The relation that is right for any state and taken by no other: `overdue` -> `mark-overdue`. */
export function markVerbFor(state: string): string {
  return `mark-${state}`;
}

/** What following the relation does, for people: `pay` -> `Pay this order`, `mark-paid` -> `Mark this order paid`. */
export function titleOfRel(rel: string, resource: string): string {
  const [verb = rel, ...rest] = rel.split('-');
  const capital = verb.slice(0, 1).toUpperCase() + verb.slice(1);
  // `re-open` is one word, and `start processing` stays together.
  if (prefixes.has(verb) && rest.length > 0) return `${capital}-${rest.join(' ')} this ${resource}`;
  if (verb === 'start' && rest.length > 0)
    return `Start ${rest.join(' ')} of this ${resource}`.replace(/(ing) of this/, '$1 this');
  return [capital, 'this', resource, ...rest].join(' ');
}

const prefixes = new Set(['re', 'pre', 'un', 'auto', 'co', 'de']);

function verbOfPhrase(words: readonly string[]): string | undefined {
  const [first = '', ...rest] = words;
  const last = words.at(-1) ?? '';
  if (rest.length === 0) return verbOfWord(first);
  const tail = rest.join('-');
  if (first === 'in') return `start-${tail}`;
  if (first === 'on') return `put-on-${tail}`;
  if (first === 'not') return undefined;
  const leading = participle(first);
  if (leading !== undefined) return `${leading}-${tail}`;
  const verb = participle(last);
  if (verb === undefined) return undefined;
  const before = words.slice(0, -1).join('-');
  return prefixes.has(before) ? `${before}-${verb}` : `${verb}-${before}`;
}

function verbOfWord(word: string): string | undefined {
  // Something is being done: not the same as done, which gets the bare verb.
  if (/[a-z]{3}ing$/.test(word)) return `start-${word}`;
  return participle(word);
}

function participle(word: string): string | undefined {
  return irregularParticiples.get(word) ?? regularVerb(word);
}
