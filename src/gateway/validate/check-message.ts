import { fieldValues } from '../aggregate/client-values.ts';
import { isJsonType, mediaTypeOf } from '../json/media-type.ts';
import { hasTwinMembers } from '../json/twin-members.ts';
import type { MessageError, SchemaChecker } from './compile-schemas.ts';
import type { Content, Contract, Operation } from './read-contract.ts';

export interface FoundOperation {
  readonly operation: Operation;
  readonly path: ReadonlyMap<string, string>;
}

/** Something that the contract does not name, and so cannot be compared with it. */
export type Unknown =
  | { readonly unknown: 'path' | 'type' }
  | { readonly unknown: 'method'; readonly allowed: readonly string[] };

/** The operation of a request. A HEAD is described by its GET (RFC 9110, 9.3.2). */
export function findOperation({ paths }: Contract, method: string, path: string): FoundOperation | Unknown {
  const found = paths.find(path);
  if (!found) return { unknown: 'path' };
  const operation = found.value.get(method) ?? (method === 'HEAD' ? found.value.get('GET') : undefined);
  if (operation) return { operation, path: found.parameters };
  return { unknown: 'method', allowed: [...found.value.keys()] };
}

/** What the body of a request is to be compared with: its schema, nothing, or something that is wrong before that. */
export type BodyPlan =
  | { readonly kind: 'check'; readonly schema: string }
  | { readonly kind: 'leave' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'wrong'; readonly error: MessageError };

interface BodyHead {
  readonly fields: readonly string[];
  readonly hasBody: boolean;
}

/** Decides by the head of a request what its body is to be compared with. */
export function planBody({ body }: Operation, { fields, hasBody }: BodyHead): BodyPlan {
  if (!body) return { kind: 'leave' };
  if (!hasBody) {
    const error: MessageError = { in: 'body', pointer: '', detail: 'is required' };
    return body.required ? { kind: 'wrong', error } : { kind: 'leave' };
  }
  return planContent(body.contents, fields);
}

/** The same for an answer, by its status; what the contract does not describe is left. */
export function planAnswer({ responses }: Operation, status: number, fields: readonly string[]): BodyPlan {
  const contents =
    responses.get(String(status)) ?? responses.get(`${Math.floor(status / 100)}XX`) ?? responses.get('DEFAULT');
  if (!contents) return { kind: 'unknown' };
  return contents.length === 0 ? { kind: 'leave' } : planContent(contents, fields);
}

function planContent(contents: readonly Content[], fields: readonly string[]): BodyPlan {
  const [type = '', ...others] = fieldValues(fields, 'content-type');
  const content = others.length === 0 ? contentOf(contents, type) : undefined;
  if (!content) return { kind: 'unknown' };
  // Of a range such as `*/*`, only JSON can be compared.
  if (content.schema === undefined || !isJsonType(type)) return { kind: 'leave' };
  const isPlain = fieldValues(fields, 'content-encoding').every((coding) => coding.trim().toLowerCase() === 'identity');
  return isPlain ? { kind: 'check', schema: content.schema } : { kind: 'unknown' };
}

/** The content of a type: by its name, by its range, or any. */
function contentOf(contents: readonly Content[], contentType: string): Content | undefined {
  const type = mediaTypeOf(contentType);
  const [family] = type.split('/', 1);
  const by = (name: string): Content | undefined => contents.find((content) => content.type === name);
  return by(type) ?? by(`${family}/*`) ?? by('*/*');
}

const maxNesting = 100;

function wholeBody(detail: string): readonly MessageError[] {
  return [{ in: 'body', pointer: '', detail }];
}

/** What is wrong with a JSON body. */
export function checkBody(body: Buffer, schema: string, checker: SchemaChecker): readonly MessageError[] {
  const value = parseBody(body);
  if (value === undefined) return wholeBody('must be JSON in UTF-8');
  const { text, parsed } = value;
  if (isDeeper(parsed, maxNesting)) return wholeBody(`must not be nested more than ${maxNesting} deep`);
  // Whoever reads it might take the other one.
  if (hasTwinMembers(text, parsed)) return wholeBody('must not have a member twice');
  const errors = checker.errorsOf(schema, parsed, body.length);
  return errors.map((error) => ({ in: 'body', ...error }));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parseBody(body: Buffer): { readonly text: string; readonly parsed: unknown } | undefined {
  try {
    const text = utf8.decode(body);
    return { text, parsed: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}
