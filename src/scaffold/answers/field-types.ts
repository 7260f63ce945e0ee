import { fieldTypes, type FieldType } from './answers.ts';
import { closest } from '../../model/closest.ts';
import { quoted } from './parsed.ts';

/** What people call these types elsewhere. */
const synonyms: ReadonlyMap<string, FieldType> = new Map([
  ['integer', 'int'],
  ['long', 'int'],
  ['short', 'int'],
  ['bigint', 'int'],
  ['serial', 'int'],
  ['float', 'number'],
  ['double', 'number'],
  ['decimal', 'number'],
  ['numeric', 'number'],
  ['real', 'number'],
  ['bool', 'boolean'],
  ['flag', 'boolean'],
  ['str', 'string'],
  ['char', 'string'],
  ['varchar', 'string'],
  ['markdown', 'text'],
  ['timestamp', 'datetime'],
  ['instant', 'datetime'],
  ['time', 'datetime'],
  ['day', 'date'],
  ['guid', 'uuid'],
  ['uri', 'url'],
  ['link', 'url'],
  ['mail', 'email'],
]);

const advice: ReadonlyMap<string, string> = new Map([
  ['money', 'write amounts as int in the smallest unit (cents)'],
  ['currency', 'write amounts as int in the smallest unit (cents)'],
  ['array', 'a list is written with [] after the type of its items: tags:string[]'],
  ['list', 'a list is written with [] after the type of its items: tags:string[]'],
  ['object', 'nested objects are added by hand in the generated code'],
  ['json', 'nested objects are added by hand in the generated code'],
  ['any', 'every field has a type'],
]);

export function isFieldType(text: string): text is FieldType {
  return fieldTypes.some((type) => type === text);
}

/** The type an unknown word probably means, and the sentence that says so. */
export function explainUnknownType(word: string): { message: string; proposal: FieldType } {
  const typed = word.toLowerCase();
  const said = advice.get(typed);
  const meant = synonyms.get(typed) ?? closest(typed, fieldTypes);
  const help = said ?? (meant === undefined ? `the types are ${fieldTypes.join(', ')}` : `did you mean ${meant}?`);
  const proposal = meant !== undefined && isFieldType(meant) ? meant : 'string';
  return { message: `no type is called ${quoted(word)}; ${help}`, proposal: said?.includes('int') ? 'int' : proposal };
}
