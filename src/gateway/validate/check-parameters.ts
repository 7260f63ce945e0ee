import { fieldValues } from '../aggregate/client-values.ts';
import { pointerStep } from '../json/json-pointer.ts';
import { decodeForm } from '../transform/change-query.ts';
import type { MessageError, SchemaChecker } from './compile-schemas.ts';
import type { Parameter } from './read-parameter.ts';

/** What parameters are read from. */
export interface ParameterSource {
  /** Still encoded. */
  readonly path: ReadonlyMap<string, string>;
  /** With its question mark. */
  readonly query: string;
  /** Name and value in turn. */
  readonly fields: readonly string[];
}

/** What is wrong with the parameters of a request. */
export function checkParameters(
  parameters: readonly Parameter[],
  source: ParameterSource,
  checker: SchemaChecker,
): MessageError[] {
  const texts = createReader(source);
  return parameters.flatMap((parameter) => {
    const place = { in: parameter.in, pointer: pointerStep(parameter.name) };
    const values = texts(parameter);
    if (values === undefined) return [{ ...place, detail: 'must be encoded as UTF-8 in percents' }];
    if (values.length === 0) return parameter.required ? [{ ...place, detail: 'is required' }] : [];
    if (parameter.form.kind !== 'repeated' && values.length > 1) return [{ ...place, detail: 'must be given once' }];
    return checkValues(parameter, values, checker).map(({ pointer, detail }) => {
      return { in: parameter.in, pointer: place.pointer + pointer, detail };
    });
  });
}

function checkValues({ schema, form, types }: Parameter, texts: readonly string[], checker: SchemaChecker) {
  if (schema === undefined) return [];
  if (form.kind === 'json') {
    const value = parseJson(texts[0] ?? '');
    return value === undefined ? [{ pointer: '', detail: 'must be JSON' }] : checker.errorsOf(schema, value);
  }
  if (form.kind === 'text') {
    const errors = readings(texts[0] ?? '', types).map((value) => checker.errorsOf(schema, value));
    return errors.find((found) => found.length === 0) ?? errors[0] ?? [];
  }
  const items = form.kind === 'list' ? splitList(texts[0] ?? '', form.between) : texts;
  return checker.errorsOf(
    schema,
    items.map((text) => readings(text, types)[0]),
  );
}

const maxItems = 1000;

function splitList(text: string, between: string): readonly string[] {
  return text === '' ? [] : text.split(between, maxItems);
}

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** What a text can stand for, the most definite first. */
function readings(text: string, types: ReadonlySet<string>): unknown[] {
  const found: unknown[] = [];
  if ((types.has('integer') || types.has('number')) && number.test(text)) found.push(Number(text));
  if (types.has('boolean') && (text === 'true' || text === 'false')) found.push(text === 'true');
  if (types.has('null') && text === '') found.push(null);
  return found.length === 0 || types.has('string') ? [...found, text] : found;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Reader = (parameter: Parameter) => readonly string[] | undefined;

function createReader({ path, query, fields }: ParameterSource): Reader {
  const inQuery = new Map<string, string[]>();
  for (const piece of query.slice(1).split('&')) {
    if (piece === '') continue;
    const equals = piece.indexOf('=');
    const name = decodeForm(equals < 0 ? piece : piece.slice(0, equals));
    const values = inQuery.get(name);
    const value = equals < 0 ? '' : decodeForm(piece.slice(equals + 1));
    if (values) values.push(value);
    else inQuery.set(name, [value]);
  }
  return ({ name, in: place, form }) => {
    if (place === 'query') return inQuery.get(name) ?? [];
    if (place === 'header') return oneField(fieldValues(fields, name));
    if (place === 'cookie') return cookieValues(fieldValues(fields, 'cookie'), name);
    const text = path.get(name);
    if (text === undefined) return [];
    const between = form.kind === 'list' ? form.between : undefined;
    return decodePath(between === undefined ? [text] : text.split(between), between);
  };
}

/** Several fields of a name are one list (RFC 9110, 5.3). */
function oneField(values: readonly string[]): readonly string[] {
  return values.length === 0 ? [] : [values.map((value) => value.replaceAll(/[ \t]*,[ \t]*/g, ',')).join(',')];
}

function cookieValues(fields: readonly string[], name: string): readonly string[] {
  const pairs = fields.flatMap((field) => field.split(';')).map((pair) => pair.trim());
  return pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
}

function decodePath(texts: readonly string[], between = ''): readonly string[] | undefined {
  try {
    return [texts.map(decodeURIComponent).join(between)];
  } catch {
    return undefined;
  }
}
