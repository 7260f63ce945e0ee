import { asMapping, type Mapping } from '../../model/yaml/mapping.ts';
import { dereference, itemsOf, memberOf, membersOf, textOf } from './document.ts';
import { createFunctionNames, functionNameFrom } from './identifiers.ts';
import { commentText } from './literals.ts';
import type { Operation, Parameter } from './operation.ts';
import { readBody, readReplies } from './read-body.ts';
import { readParameters } from './read-parameters.ts';
import { limits, type Reading } from './reading.ts';

const methods = new Set(['get', 'head', 'post', 'put', 'patch', 'delete']);

interface Found {
  readonly path: string;
  readonly method: string;
  readonly operation: Mapping;
  readonly shared: unknown;
}

/** The operations of a document in its own order, each with a name of its own. */
export function readOperations(reading: Reading): Operation[] {
  const found = findOperations(reading);
  if (found.length > limits.operations)
    reading.notes.add(`Only the first ${limits.operations} operations became functions.`);
  const prefix = serverPath(reading);
  const give = createFunctionNames();
  return found.slice(0, limits.operations).map((one) => {
    const wish = textOf(one.operation, 'operationId') ?? `${one.method} ${one.path}`;
    return readOperation({ ...one, path: prefix + one.path }, give(functionNameFrom(wish)), reading);
  });
}

function findOperations({ document, notes }: Reading): Found[] {
  return membersOf(document['paths']).flatMap(([path, given]) => {
    const item = dereference(document, given);
    if (!path.startsWith('/') || !item) return [];
    if (['options', 'trace'].some((method) => Object.hasOwn(item, method)))
      notes.add('OPTIONS and TRACE are left out.');
    return membersOf(item).flatMap(([method, value]) => {
      const operation = asMapping(value);
      return methods.has(method) && operation ? [{ path, method, operation, shared: item['parameters'] }] : [];
    });
  });
}

function readOperation({ path, method, operation, shared }: Found, name: string, reading: Reading): Operation {
  const pathNames = [...new Set([...path.matchAll(/\{([^{}]+)\}/g)].map(([, inner = '']) => inner))];
  const parameters = readParameters([shared, operation['parameters']], pathNames.slice(0, limits.parameters), reading);
  const sends = !['get', 'head', 'delete'].includes(method);
  const body = sends ? readBody(operation['requestBody'], reading) : undefined;
  return {
    name,
    method: method.toUpperCase(),
    path: pathPieces(path, parameters),
    parameters,
    replies: readReplies(operation, reading),
    doc: docOf(operation),
    ...(body && { body }),
  };
}

function pathPieces(path: string, parameters: readonly Parameter[]): Operation['path'] {
  const variables = new Map(
    parameters.filter((one) => one.in === 'path').map(({ name, variable }) => [name, variable]),
  );
  return path
    .split(/(\{[^{}]+\})/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const variable = /^\{.+\}$/s.test(piece) ? variables.get(piece.slice(1, -1)) : undefined;
      return variable === undefined ? encodedPath(piece) : { variable };
    });
}

/** The text with everything encoded that may not stand in a path; nothing of it can mean anything in code then. */
function encodedPath(text: string): string {
  return text.replaceAll(/%(?![\dA-Fa-f]{2})|[^\w.~!$&()*+,;=:@/%-]/gu, (found) => {
    try {
      return found === "'" ? '%27' : encodeURIComponent(found);
    } catch {
      return '%EF%BF%BD';
    }
  });
}

/** What the paths of the document are relative to: the path of its first server. */
function serverPath({ document, notes }: Reading): string {
  const url = textOf(itemsOf(document['servers'])[0], 'url') ?? '';
  const path = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]*)?(\/[^?#{}]*)$/i.exec(url)?.[1]?.replace(/\/+$/, '') ?? '';
  if (path !== '') notes.add(`Paths begin with ${commentText(path)}, as the document's first server does.`);
  return path;
}

function docOf(operation: Mapping): string[] {
  const sentences = ['summary', 'description'].map((key) => commentText(textOf(operation, key) ?? '')).filter(Boolean);
  const text = [...new Set(sentences)]
    .map((sentence) => (/[.!?…:]$/.test(sentence) ? sentence : `${sentence}.`))
    .join(' ');
  return [text, ...(memberOf(operation, 'deprecated') === true ? ['@deprecated'] : [])].filter(Boolean);
}
