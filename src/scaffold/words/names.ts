import { parsed, problemAt, quoted, refused, type Parsed } from '../answers/parsed.ts';

const longestName = 40;

/** True for a name as msa uses it in paths, relations and files: `order-line`, at most 40 characters. */
export function isKebabName(text: string): boolean {
  return text.length <= longestName && /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(text);
}

/** A kebab-case name as typed by a user; `what` says in the problem what the name is for: `a resource`. */
export function parseName(text: string, what: string): Parsed<string> {
  if (isKebabName(text)) return parsed(text);
  const proposal = kebabFrom(text);
  const why =
    text.length > longestName
      ? `is longer than ${longestName} characters`
      : 'is not kebab-case, beginning with a letter';
  return refused([problemAt(0, `${quoted(text)} cannot be the name of ${what}: it ${why}`, proposal ?? 'order-line')]);
}

/** The kebab-case name somebody probably meant, or undefined when there is none in it: `OrderLine` -> `order-line`. */
export function kebabFrom(text: string): string | undefined {
  const name = text
    .slice(0, 200)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, longestName)
    .replace(/-$/, '');
  return isKebabName(name) ? name : undefined;
}

/** `order-line` -> `orderLine`. */
export function camelCase(name: string): string {
  return name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `order-line` -> `orderLine`, as a variable may be called: `class` -> `classItem`. */
export function variableNameOf(name: string): string {
  const variable = camelCase(name);
  return notForVariables.has(variable) ? `${variable}Item` : variable;
}

const notForVariables = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false ' +
    'finally for function if implements import in instanceof interface let new null package private protected public return ' +
    'static super switch this throw true try typeof undefined var void while with yield'
  ).split(' '),
);

/** `order-line` -> `OrderLine`. */
export function pascalCase(name: string): string {
  return capitalized(camelCase(name));
}

/** `order-line` -> `order line`. */
export function wordsOf(name: string): string {
  return name.replaceAll('-', ' ');
}

/** `order-line` -> `Order line`. */
export function titleOf(name: string): string {
  return capitalized(wordsOf(name));
}

/**
 * Three letters for the ids of a resource: `order` -> `ord`, `user` -> `usr`. The first letter and the consonants
 * after it tell words apart better than the first three letters do (product, project, profile).
 */
export function idPrefixOf(name: string): string {
  const letters = name.replaceAll(/[^a-z]/g, '');
  const skeleton = (letters.slice(0, 1) + letters.slice(1).replaceAll(/[aeiou]/g, '')).replaceAll(/(.)\1+/g, '$1');
  return (skeleton.length >= 3 ? skeleton : `${letters}xxx`).slice(0, 3);
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
