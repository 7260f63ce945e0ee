import type { Template, ValueSource } from '../../protocol/policies/aggregate.ts';
import { readJsonPath } from '../schema/json-path.ts';

const placeholder = /\{([^{}]*)\}/g;
const clientValue = /^(query|header)\.([A-Za-z0-9_.~[\]-]{1,100})$/;
const pathValue = /^path\.([1-9]\d?)$/;
const callValue = /^([a-z][a-z0-9-]{0,62})\.body(?:\.(.{1,200}))?$/;
const itemValue = /^item(?:\.(.{1,200}))?$/;

/** Names of calls that mean something else in a placeholder. */
export const reservedCallNames: ReadonlySet<string> = new Set(['query', 'header', 'path', 'item']);

/** Reads what stands between the braces of `{query.id}`; undefined when it is none of the forms. */
export function readPlaceholder(text: string): ValueSource | undefined {
  const [, from, name] = clientValue.exec(text) ?? [];
  if (name !== undefined) return from === 'query' ? { from, name } : { from: 'header', name: name.toLowerCase() };
  const [, segment] = pathValue.exec(text) ?? [];
  if (segment !== undefined) return { from: 'path', segment: Number(segment) };
  const item = itemValue.exec(text);
  if (item) return { from: 'item', steps: stepsOf(item[1]) };
  const [, call, place] = callValue.exec(text) ?? [];
  return call === undefined ? undefined : { from: 'call', call, steps: stepsOf(place) };
}

function stepsOf(place: string | undefined): readonly string[] {
  return place === undefined ? [] : readJsonPath(place);
}

/** The texts between the braces. */
export function placeholdersOf(text: string): readonly string[] {
  return [...text.matchAll(placeholder)].map(([, inner = '']) => inner);
}

export function readTemplate(text: string): Template {
  const parts: (string | ValueSource)[] = [];
  let from = 0;
  for (const match of text.matchAll(placeholder)) {
    if (match.index > from) parts.push(text.slice(from, match.index));
    const source = readPlaceholder(match[1] ?? '');
    if (source) parts.push(source);
    from = match.index + match[0].length;
  }
  return from < text.length ? [...parts, text.slice(from)] : parts;
}

/** The path and the parameters of an address such as `/users/{order.body.userId}?expand={query.expand}`. */
export function readAddress(address: string): { readonly path: Template; readonly query: [string, Template][] } {
  const mark = address.indexOf('?');
  const path = readTemplate(mark < 0 ? address : address.slice(0, mark));
  const pieces = mark < 0 ? [] : address.slice(mark + 1).split('&');
  const query = pieces.map((piece): [string, Template] => {
    const equals = piece.indexOf('=');
    return equals < 0 ? [piece, []] : [piece.slice(0, equals), readTemplate(piece.slice(equals + 1))];
  });
  return { path, query };
}

/** Says what keeps a text from being an address of a call, as the rest of a sentence; undefined when nothing. */
export function addressProblem(address: string): string | undefined {
  if (!address.startsWith('/')) return 'must begin with `/`';
  if (address.length > 500) return 'must have at most 500 characters';
  for (const inner of placeholdersOf(address)) {
    if (readPlaceholder(inner) === undefined)
      return `must not contain \`{${inner}}\`: values are \`{query.id}\`, \`{header.x-user}\`, \`{path.1}\`, \`{order.body.userId}\` and \`{item.id}\``;
  }
  const rest = address.replaceAll(placeholder, 'x');
  if (/[{}]/.test(rest)) return 'must close each `{` with a `}`';
  const [path = '', query = '', more] = rest.split('?');
  if (more !== undefined) return 'must have one `?` at most';
  if (path.includes('//') || /(?:^|\/)\.{1,2}(?:\/|$)/.test(path)) return 'must have no empty, `.` or `..` parts';
  if (!/^[A-Za-z0-9._~!$&'()+,;=@:/-]*$/.test(path) || !/^[A-Za-z0-9._~!$&'()+,;=@:/[\]-]*$/.test(query))
    return 'must consist of letters, digits and the usual punctuation of addresses';
  return query !== '' && query.split('&').some((piece) => /^(?:=|$)/.test(piece))
    ? 'must have a name for each parameter'
    : undefined;
}
