import { docComment, typeKey } from './literals.ts';
import type { CompoundNode, Member, ObjectNode, TypeNode } from './type-node.ts';

const widest = 120;

/** The text of a type that begins at column `column` of a line indented by `indent`: on that line when it fits. */
export function printType(type: TypeNode, indent = '', column = indent.length): string {
  const line = oneLine(type);
  return line !== undefined && column + line.length < widest ? line : severalLines(type, indent);
}

/** The lines between the braces of an object type or interface. */
export function printMembers({ members, rest, input = false }: ObjectNode, indent: string): string[] {
  const named = members.flatMap((member) => {
    const key = memberKey(member, input);
    const type = printType(member.type, indent, indent.length + key.length);
    return [...docComment(member.doc, indent), `${indent}${key}${type};`];
  });
  return rest ? [...named, `${indent}readonly [name: string]: ${printType(rest, indent)};`] : named;
}

function memberKey({ name, required }: Member, input: boolean): string {
  return `${input ? '' : 'readonly '}${typeKey(name)}${required ? '' : '?'}: `;
}

/** The type on one line however long; undefined when something in it has a doc comment. */
function oneLine(type: TypeNode): string | undefined {
  if (type.kind === 'object') return oneLineObject(type);
  if (!('parts' in type)) return leafText(type);
  const texts = type.parts.map((part) => grouped(type, part, oneLine(part)));
  return texts.every((text) => text !== undefined) ? joined(type, texts) : undefined;
}

function oneLineObject({ members, rest, input = false }: ObjectNode): string | undefined {
  if (members.some(({ doc }) => doc.length > 0)) return undefined;
  const types = members.map(({ type }) => oneLine(type));
  const restText = rest && oneLine(rest);
  if (types.includes(undefined) || (rest && restText === undefined)) return undefined;
  const texts = members.map((member, index) => memberKey(member, input) + types[index]);
  return `{ ${[...texts, ...(rest ? [`readonly [name: string]: ${restText}`] : [])].join('; ')} }`;
}

function severalLines(type: TypeNode, indent: string): string {
  if (type.kind === 'object') return ['{', ...printMembers(type, `${indent}  `), `${indent}}`].join('\n');
  if (!('parts' in type)) return leafText(type);
  const within = type.kind === 'union' ? `${indent}    ` : indent;
  const texts = type.parts.map((part) => grouped(type, part, printType(part, within)));
  return type.kind === 'union' ? texts.map((text) => `\n${indent}  | ${text}`).join('') : joined(type, texts);
}

function joined({ kind }: CompoundNode, texts: readonly string[]): string {
  if (kind === 'array') return `readonly ${texts.join('')}[]`;
  return texts.length === 0 ? 'never' : texts.join(kind === 'union' ? ' | ' : ' & ');
}

function grouped<Text extends string | undefined>(outer: CompoundNode, part: TypeNode, text: Text): Text | string {
  const looser = outer.kind === 'array' ? 'parts' in part : outer.kind === 'intersection' && part.kind === 'union';
  return text !== undefined && looser ? `(${text})` : text;
}

function leafText(type: Exclude<TypeNode, CompoundNode | ObjectNode>): string {
  if (type.kind === 'text') return type.text;
  if (type.kind === 'unknown') return type.why === undefined ? 'unknown' : `unknown /* ${type.why} */`;
  return type.without === undefined ? type.name : `Omit<${type.name}, ${type.without.join(' | ')}>`;
}
