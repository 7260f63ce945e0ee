import type { Field } from './answers.ts';
import { faultOfFieldName } from './field-names.ts';
import { explainUnknownType, isFieldType } from './field-types.ts';
import { parsedUnless, problemAt, quoted, refused, type Parsed, type Problem } from './parsed.ts';

const mostFields = 50;
const mostValues = 100;
const longestText = 10_000;

/** One field as typed: `size:enum(s|m|l)[]?`. Offsets are those of the whole text. */
interface Word {
  readonly name: string;
  readonly nameOffset: number;
  readonly type: string | undefined;
  readonly typeOffset: number;
}

/**
 * Reads `item:string qty:int note:string? tags:string[] size:enum(s|m|l)`, separated by blanks or commas. Tells every
 * problem at once and never throws; an empty text is no fields.
 */
export function parseFields(text: string): Parsed<readonly Field[]> {
  if (text.length > longestText) {
    return refused([
      problemAt(longestText, `the fields are longer than ${longestText} characters`, 'item:string qty:int'),
    ]);
  }
  const problems: Problem[] = [];
  const words = wordsIn(text);
  const fields = words.map((word) => parseField(word, problems));
  problems.push(...findDuplicates(words));
  const extra = words[mostFields];
  if (extra !== undefined) {
    problems.push(
      problemAt(extra.nameOffset, `${words.length} fields are too many; at most ${mostFields}`, 'item:string qty:int'),
    );
  }
  return parsedUnless(problems, fields);
}

/** The text parseFields reads back to the same fields. */
export function renderFields(fields: readonly Field[]): string {
  return fields
    .map(({ name, type, values, list, optional }) => {
      const choice = type === 'enum' ? `enum(${(values ?? []).join('|')})` : type;
      return `${name}:${choice}${list ? '[]' : ''}${optional ? '?' : ''}`;
    })
    .join(' ');
}

function wordsIn(text: string): Word[] {
  // Blanks are welcome after the colon and inside the parentheses of an enum, as people write them in TypeScript.
  const pattern = /([^\s,:]+|(?=:))(?:\s*:\s*([^\s,(]*(?:\([^)]*\))?[^\s,]*))?/dg;
  return [...text.matchAll(pattern)].map((match) => ({
    name: match[1] ?? '',
    nameOffset: match.index,
    type: match[2],
    typeOffset: match.indices?.[2]?.[0] ?? match.index,
  }));
}

function parseField(word: Word, problems: Problem[]): Field {
  checkName(word, problems);
  const type = checkType(word, problems);
  const suffix = checkSuffix(word, type.suffix, problems);
  const field = { name: word.name, optional: suffix.endsWith('?'), list: suffix.startsWith('[]') };
  if (!isFieldType(type.name)) return { ...field, type: 'string' };
  if (type.name !== 'enum') return { ...field, type: type.name };
  return { ...field, type: 'enum', values: checkValues(word, type.choices, problems) };
}

function checkName(word: Word, problems: Problem[]): void {
  if (word.name.endsWith('?')) {
    const name = word.name.slice(0, -1);
    problems.push(
      problemAt(
        word.nameOffset,
        'the ? of an optional field stands after its type',
        `${faultOfFieldName(name)?.proposal ?? name}:string?`,
      ),
    );
    return;
  }
  const fault = faultOfFieldName(word.name);
  if (fault === undefined) return;
  const message = word.name === '' ? 'a field has no name' : fault.message;
  problems.push(problemAt(word.nameOffset, message, `${fault.proposal}:string`));
}

/** A name for examples: that of the field when it can have it. */
function usable({ name }: Word): string {
  return faultOfFieldName(name)?.proposal ?? name;
}

interface TypeText {
  readonly name: string;
  /** What stands between the parentheses, or undefined without any. */
  readonly choices: string | undefined;
  readonly suffix: string;
}

function checkType(word: Word, problems: Problem[]): TypeText {
  const text = word.type ?? '';
  const [, name = '', choices, suffix = ''] = /^([^(?[\]]*)(?:\(([^)]*)\))?(.*)$/s.exec(text) ?? [];
  const found = { name, choices, suffix };
  if (name === '') {
    problems.push(problemAt(word.nameOffset, `${quoted(word.name)} has no type`, `${usable(word)}:string`));
  } else if (!isFieldType(name)) {
    const { message, proposal } = explainUnknownType(name);
    const example = proposal === 'enum' ? `${usable(word)}:enum(s|m|l)` : `${usable(word)}:${proposal}`;
    problems.push(problemAt(word.typeOffset, message, example));
  } else if (name !== 'enum' && choices !== undefined) {
    problems.push(
      problemAt(word.typeOffset, `only enum takes values in parentheses, not ${name}`, `${usable(word)}:${name}`),
    );
  }
  return found;
}

function checkSuffix(word: Word, suffix: string, problems: Problem[]): string {
  if (suffix === '' || suffix === '?' || suffix === '[]' || suffix === '[]?') return suffix;
  const message = suffix.startsWith('(')
    ? `the parenthesis after ${quoted(word.name)} is not closed`
    : suffix === '?[]'
      ? 'a list whose items may be missing is not supported; an optional list is written []?'
      : `${quoted(suffix)} after the type means nothing; [] makes a list, ? makes it optional`;
  const example = suffix.startsWith('(') ? `${usable(word)}:enum(s|m|l)` : `${usable(word)}:string[]?`;
  problems.push(problemAt(word.typeOffset, message, example));
  return '';
}

function checkValues(word: Word, choices: string | undefined, problems: Problem[]): string[] {
  const example = `${usable(word)}:enum(s|m|l)`;
  const refuse = (message: string): void => void problems.push(problemAt(word.typeOffset, message, example));
  const values = (choices ?? '').split('|').map((value) => value.trim());
  if (choices === undefined || values.every((value) => value === '')) {
    // An open parenthesis has its own problem.
    if (choices !== undefined || !word.type?.includes('(')) refuse(`the enum ${quoted(word.name)} has no values`);
    return [];
  }
  if (values.length > mostValues) refuse(`${values.length} values are too many for an enum; at most ${mostValues}`);
  for (const value of new Set(values)) {
    const times = values.filter((other) => other === value).length;
    if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/.test(value)) {
      refuse(`${quoted(value)} cannot be a value of an enum: letters, digits, - _ . and at most 40 of them`);
    } else if (times > 1) refuse(`the enum ${quoted(word.name)} has the value ${quoted(value)} ${times} times`);
  }
  return values;
}

/** Names that differ only in case count as the same: stores and people confuse them. */
function findDuplicates(words: readonly Word[]): Problem[] {
  const seen = new Map<string, string>();
  return words.flatMap(({ name, nameOffset }) => {
    const first = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), first ?? name);
    if (first === undefined || name === '') return [];
    const message =
      first === name
        ? `the field ${quoted(name)} is there twice`
        : `${quoted(name)} differs from ${quoted(first)} only in case`;
    return [problemAt(nameOffset, message, `${faultOfFieldName(`${name}2`)?.proposal ?? `${name}2`}:string`)];
  });
}
