import { decodeForm } from '../transform/change-query.ts';

/** What a client's request offers to the addresses of calls; undefined is what it does not have, or has twice. */
export interface ClientValues {
  query(name: string): string | undefined;
  header(name: string): string | undefined;
  /** A segment of what follows the route's path, counted from 1. */
  segment(index: number): string | undefined;
}

interface ClientRequest {
  /** In normal form. */
  readonly path: string;
  /** With its question mark. */
  readonly query: string;
  /** Name and value in turn. */
  readonly fields: readonly string[];
}

/** Reads values of a request on demand; `routePath` is what it matched, without a slash at the end. */
export function readClientValues({ path, query, fields }: ClientRequest, routePath: string): ClientValues {
  let parameters: Map<string, string | undefined> | undefined;
  return {
    query(name) {
      parameters ??= readQuery(query);
      return parameters.get(name);
    },
    header(name) {
      const values = fieldValues(fields, name);
      return values.length === 1 ? values[0] : undefined;
    },
    segment(index) {
      const text = path.slice(routePath.length).split('/')[index];
      return text === undefined || text === '' ? undefined : decodeSegment(text);
    },
  };
}

/** The values of a field, in the order in which they came. */
export function fieldValues(fields: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < fields.length; index += 2)
    if (fields[index]?.toLowerCase() === name) values.push(fields[index + 1] ?? '');
  return values;
}

function readQuery(query: string): Map<string, string | undefined> {
  const parameters = new Map<string, string | undefined>();
  for (const piece of query.slice(1).split('&')) {
    const equals = piece.indexOf('=');
    const name = decodeForm(equals < 0 ? piece : piece.slice(0, equals));
    // Of two, a service might take the other one.
    const value = parameters.has(name) || equals < 0 ? undefined : decodeForm(piece.slice(equals + 1));
    parameters.set(name, value);
  }
  return parameters;
}

function decodeSegment(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
