import { docComment, stringLiteral, valueKey } from './literals.ts';
import type { Operation, Parameter, Reply } from './operation.ts';
import { printType } from './print-type.ts';
import type { Member } from './type-node.ts';

const widest = 120;
const indent = '    ';
const options = 'options: CallOptions = {}';

/** The lines of one function of the client. */
export function printOperation(operation: Operation): string[] {
  const members = inputMembers(operation);
  const names = `{ ${members.map(({ name }) => name).join(', ')} }`;
  const optional = members.some(({ required }) => required) ? '' : ' = {}';
  const start = `async ${operation.name}(`;
  const end = `): Promise<${operation.replies.map(printReply).join(' | ')}> {`;
  const input = (at: string): string =>
    `${names}: ${printType({ kind: 'object', members, input: true }, at)}${optional}`;
  const oneLine = indent + start + (members.length > 0 ? `${input(indent)}, ` : '') + options + end;
  const fits = oneLine.length <= widest && !oneLine.includes('\n');
  const split = [
    `${indent}${start}`,
    ...(members.length > 0 ? [`${indent}  ${input(`${indent}  `)},`] : []),
    `${indent}  ${options},`,
    `${indent}${end}`,
  ];
  return [...docComment(operation.doc, indent), ...(fits ? [oneLine] : split), ...printSend(operation), `${indent}},`];
}

function inputMembers({ parameters, body }: Operation): Member[] {
  return [
    ...parameters.map(({ variable, type, required, doc }) => ({ name: variable, type, required, doc })),
    ...(body ? [{ name: 'body', type: body.type, required: body.required, doc: [] }] : []),
  ];
}

function printSend(operation: Operation): string[] {
  const entries = [
    `method: '${operation.method}'`,
    `path: ${printPath(operation.path)}`,
    ...printGroup('query', operation.parameters, []),
    ...printGroup('headers', operation.parameters, mediaTypesOf(operation)),
    ...(operation.body ? ['body'] : []),
  ];
  const oneLine = `${indent}  return send(options, { ${entries.join(', ')} });`;
  if (oneLine.length <= widest) return [oneLine];
  return [`${indent}  return send(options, {`, ...entries.map((entry) => `${indent}    ${entry},`), `${indent}  });`];
}

/** What `call` would say otherwise: that it sends and understands application/json. */
function mediaTypesOf({ body, replies }: Operation): string[] {
  const accepted = new Set(replies.flatMap(({ mediaType }) => mediaType ?? []));
  return [
    ...(accepted.size > 0 ? [`accept: ${stringLiteral([...accepted, 'application/json'].join(', '))}`] : []),
    ...(body?.mediaType === undefined ? [] : [`'content-type': ${stringLiteral(body.mediaType)}`]),
  ];
}

function printGroup(group: 'query' | 'headers', parameters: readonly Parameter[], more: readonly string[]): string[] {
  const place = group === 'query' ? 'query' : 'header';
  const entries = parameters
    .filter((parameter) => parameter.in === place)
    .map(({ name, variable }) => (name === variable ? name : `${valueKey(name)}: ${variable}`));
  return entries.length + more.length === 0 ? [] : [`${group}: { ${[...more, ...entries].join(', ')} }`];
}

function printPath(pieces: Operation['path']): string {
  if (pieces.every((piece) => typeof piece === 'string')) return stringLiteral(pieces.join(''));
  const texts = pieces.map((piece) => (typeof piece === 'string' ? piece : `\${segment(${piece.variable})}`));
  return `\`${texts.join('')}\``;
}

function printReply({ statuses, body, hasEtag }: Reply): string {
  const status = statuses.length === 0 ? '' : `, ${statuses.join(' | ')}`;
  return `${hasEtag ? 'TaggedReply' : 'Reply'}<${printType(body, indent)}${status}>`;
}
