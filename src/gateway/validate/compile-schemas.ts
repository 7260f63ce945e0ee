import { Ajv2020 } from 'ajv/dist/2020.js';
import type { AnySchema, ErrorObject, Format, ValidateFunction } from 'ajv/dist/2020.js';
import type { SchemaValidateFunction } from 'ajv';
import formats from 'ajv-formats';

import { boundedPointer, pointerStep } from '../json/json-pointer.ts';
import type { Steps } from './in-turns.ts';
import { countedKeyword, partKeyword } from './schema-set.ts';
import type { SchemaSet } from './schema-set.ts';

/** What is wrong with a message. */
export interface MessageError {
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'body';
  /** A JSON pointer into the body; for a parameter, `/` and its name, perhaps with a place in its value. */
  readonly pointer: string;
  readonly detail: string;
}

const maxErrors = 20;
/** Above this, only the first error is looked for. */
const fewErrorsSize = 64 * 1024;
/**
 * How often schemas that are referred to may be entered for one value. One that contains itself in two branches would else
 * be entered twice as often for each level of the value.
 */
const leastEffort = 10_000;
const effortPerSize = 2;
const exhausted = new Error('a value takes too long to be compared');
const maxDetailLength = 200;
/** The expressions of formats take time by the square of the length. */
const maxFormatLength = 1000;

/** Without `regex`, which compiles what it is given, and `url`, which is none of JSON Schema's. */
const knownFormats = [
  'byte',
  'date',
  'date-time',
  'double',
  'duration',
  'email',
  'float',
  'hostname',
  'int32',
  'int64',
  'ipv4',
  'ipv6',
  'json-pointer',
  'relative-json-pointer',
  'time',
  'uri',
  'uri-reference',
  'uuid',
] as const;

/** Compares values with the schemas of a contract; each is compiled when it is first asked for, or before. */
export class SchemaChecker {
  private readonly all: Compiler;
  private first: Compiler | undefined;
  private readonly schemas: SchemaSet;
  private readonly effort = { left: 0 };

  constructor(schemas: SchemaSet) {
    this.schemas = schemas;
    this.all = createCompiler({ allErrors: true, schemas, effort: this.effort });
  }

  /** Compiles a schema if that has not been done; throws when that is not possible. */
  prepare(schema: string): void {
    this.all.compile(schema);
  }

  get names(): readonly string[] {
    return Object.keys(this.schemas.definitions);
  }

  /**
   * What is wrong with a value, of which `size` is a measure. Collecting every error of a large value would be costly in
   * itself: then it is the first one only.
   */
  errorsOf(schema: string, value: unknown, size = 0): readonly SchemaError[] {
    const { effort, schemas } = this;
    const few = size > fewErrorsSize;
    if (few) this.first ??= createCompiler({ allErrors: false, schemas, effort });
    const validate = (few && this.first ? this.first : this.all).find(schema);
    effort.left = leastEffort + effortPerSize * size;
    try {
      if (!validate || validate(value)) return [];
    } catch (error) {
      if (error === exhausted) return [{ pointer: '', detail: 'takes too long to be compared with the contract' }];
      throw error;
    }
    return (validate.errors ?? []).slice(0, maxErrors).map(describeError);
  }
}

export type SchemaError = Pick<MessageError, 'pointer' | 'detail'>;

const contractId = 'contract';

/** Compiles schemas, each when it is first needed. */
interface Compiler {
  /** Throws when that is not possible. */
  readonly compile: (schema: string) => ValidateFunction;
  /** Undefined for a schema that cannot be compiled: like one that is none, it allows everything. */
  readonly find: Find;
}

type Find = (schema: string) => ValidateFunction | undefined;

interface Compiling {
  readonly allErrors: boolean;
  readonly schemas: SchemaSet;
  readonly effort: { left: number };
}

function createCompiler({ allErrors, schemas, effort }: Compiling): Compiler {
  const ajv = new Ajv2020({
    allErrors,
    strict: false,
    logger: false,
    // Else what is referred to a hundred times is compiled a hundred times.
    inlineRefs: false,
    // `toString` is no member of an object that has none of this name.
    ownProperties: true,
    code: { regExp: engineOf(schemas) },
  });
  const compile = (schema: string): ValidateFunction => {
    const validate = ajv.getSchema(`${contractId}#/$defs/${schema}`);
    if (!validate) throw new TypeError(`there is no schema ${schema}`);
    return validate;
  };
  const find = remembering(compile);
  for (const name of knownFormats) ajv.addFormat(name, bounded(formats.default.get(name)));
  addKeywords(ajv, effort, find);
  ajv.addSchema({ $defs: schemas.definitions }, contractId, false, false);
  return { compile, find };
}

function remembering(compile: Compiler['compile']): Find {
  const found = new Map<string, ReturnType<Find>>();
  return (schema) => {
    if (!found.has(schema)) found.set(schema, attempt(compile, schema));
    return found.get(schema);
  };
}

function attempt(compile: Compiler['compile'], schema: string): ReturnType<Find> {
  try {
    return compile(schema);
  } catch {
    return undefined;
  }
}

function addKeywords(ajv: Ajv2020, effort: Compiling['effort'], find: Find): void {
  ajv.removeKeyword('uniqueItems');
  // Ajv compares each item with each other: a large list would keep the gateway busy for minutes.
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must NOT have duplicate items' },
    validate: (isAsked: boolean, items: readonly unknown[]) => !isAsked || areUnique(items),
  });
  ajv.addKeyword({
    keyword: countedKeyword,
    // Before whatever may enter others.
    before: 'not',
    schemaType: 'boolean',
    validate: () => {
      effort.left -= 1;
      if (effort.left < 0) throw exhausted;
      return true;
    },
  });
  ajv.addKeyword({ keyword: partKeyword, schemaType: 'string', validate: partCheck(find) });
}

type PartToCheck = [schema: string, value: unknown, around?: object, context?: Parameters<ValidateFunction>[1]];

/** Ajv's own references are compiled within each other, which takes more stack than there is when many follow each other. */
function partCheck(find: Find): SchemaValidateFunction {
  const check: SchemaValidateFunction = (...[schema, value, , context]: PartToCheck) => {
    const validate = find(schema);
    if (!validate || validate(value, context)) return true;
    check.errors = validate.errors ?? [];
    return false;
  };
  return check;
}

const anything = { test: () => true };

/** The patterns that have been read, in the form in which ajv takes an engine. */
function engineOf({ patterns }: SchemaSet) {
  // The code is only for schemas that are written out as programs.
  return Object.assign((pattern: string) => patterns.get(pattern) ?? anything, { code: 'patterns' });
}

const metaSchema = new Ajv2020({ strict: false, logger: false, validateFormats: false });

/** Makes schemas that are none allow everything, so that the others can be used; before they are compiled. */
export function* dropInvalid({ definitions, omitted }: SchemaSet): Steps<void> {
  for (const [name, schema] of Object.entries(definitions)) {
    yield;
    if (isSchema(schema) && metaSchema.validateSchema(schema) === true) continue;
    omitted.push(`schema ${JSON.stringify(schema).slice(0, maxDetailLength)}`);
    definitions[name] = true;
  }
}

function isSchema(value: unknown): value is AnySchema {
  return typeof value === 'boolean' || (typeof value === 'object' && value !== null);
}

/** A format of texts that only short ones can have. */
function bounded(format: Format): Format {
  const { validate } = typeof format === 'object' && 'validate' in format ? format : { validate: format };
  if (validate instanceof RegExp) return (text: string) => text.length <= maxFormatLength && validate.test(text);
  if (typeof format === 'object' && 'validate' in format && format.type === 'number') return format;
  if (typeof validate !== 'function') return format;
  return (text: string) => text.length <= maxFormatLength && Reflect.apply(validate, undefined, [text]) === true;
}

function areUnique(items: readonly unknown[]): boolean {
  return new Set(items.map(comparable)).size === items.length;
}

/** The same text for values that are the same to JSON Schema, whatever the order of their members. */
function comparable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(comparable).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${comparable(member)}`).join()}}`;
}

/** Keywords that find a member wrong by its name alone, and where ajv tells that name. */
const namingMembers: ReadonlyMap<string, string> = new Map([
  ['additionalProperties', 'additionalProperty'],
  ['unevaluatedProperties', 'unevaluatedProperty'],
  ['propertyNames', 'propertyName'],
]);

function describeError({ instancePath, keyword, params, message = 'does not fit' }: ErrorObject): SchemaError {
  const param = namingMembers.get(keyword);
  const name: unknown = param === undefined ? undefined : params[param];
  const below = typeof name === 'string' ? pointerStep(name) : '';
  return {
    pointer: boundedPointer(instancePath + below, maxDetailLength),
    detail: message.slice(0, maxDetailLength),
  };
}
