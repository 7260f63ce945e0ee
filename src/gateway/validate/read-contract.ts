import { asObject } from '../own/json-object.ts';
import type { JsonObject } from '../own/json-object.ts';
import { isJsonType, mediaTypeOf } from '../json/media-type.ts';
import { PathTable } from './path-table.ts';
import { readParameter } from './read-parameter.ts';
import type { Parameter } from './read-parameter.ts';
import { followRefs } from './resolve-ref.ts';
import { SchemaSet } from './schema-set.ts';
import type { Direction } from './schema-set.ts';
import type { Steps } from './in-turns.ts';

/** What a contract says of a body of one media type, or of a range of them such as `text/*`. */
export interface Content {
  readonly type: string;
  /** Of its schema; undefined when what is in it is not checked. */
  readonly schema: string | undefined;
}

export interface Operation {
  readonly parameters: readonly Parameter[];
  readonly body: { readonly required: boolean; readonly contents: readonly Content[] } | undefined;
  /** By status, `4XX` or `default`. */
  readonly responses: ReadonlyMap<string, readonly Content[]>;
}

export interface Contract {
  readonly paths: PathTable<ReadonlyMap<string, Operation>>;
  readonly schemas: SchemaSet;
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const maxOperations = 5000;

/** Reads an OpenAPI document (3.0 or 3.1), one path per step. Throws when it goes beyond the limits. */
export function* readContract(document: JsonObject): Steps<Contract> {
  const schemas = new SchemaSet(document);
  const reader = new ContractReader(document, schemas);
  const operations: (readonly [path: string, operations: ReadonlyMap<string, Operation>])[] = [];
  for (const [path, item] of Object.entries(asObject(document['paths']) ?? {})) {
    if (path.startsWith('/')) operations.push([path, reader.readItem(item)]);
    yield;
  }
  yield* schemas.copyReferred();
  const rows = basePaths(document).flatMap((base) => operations.map(([path, value]) => [base + path, value] as const));
  return { paths: new PathTable(rows), schemas };
}

class ContractReader {
  private readonly document: JsonObject;
  private readonly schemas: SchemaSet;
  private count = 0;

  constructor(document: JsonObject, schemas: SchemaSet) {
    this.document = document;
    this.schemas = schemas;
  }

  readItem(value: unknown): ReadonlyMap<string, Operation> {
    const item = followRefs(this.document, value) ?? {};
    const operations = new Map<string, Operation>();
    for (const method of methods) {
      const given = asObject(item[method]);
      if (!given) continue;
      this.count += 1;
      if (this.count > maxOperations) throw new RangeError(`has more than ${maxOperations} operations`);
      operations.set(method.toUpperCase(), this.readOperation(given, item['parameters']));
    }
    return operations;
  }

  private readOperation(given: JsonObject, shared: unknown): Operation {
    const parameters = new Map<string, Parameter>();
    for (const value of [...listOf(shared), ...listOf(given['parameters'])]) {
      const parameter = readParameter(value, { document: this.document, schemas: this.schemas });
      if (parameter) parameters.set(`${parameter.in} ${parameter.name}`, parameter);
    }
    const body = followRefs(this.document, given['requestBody']);
    const responses = Object.entries(asObject(given['responses']) ?? {}).map(([status, response]) => {
      const { content } = followRefs(this.document, response) ?? {};
      return [status.toUpperCase(), this.readContents(content, 'response')] as const;
    });
    return {
      parameters: [...parameters.values()],
      body: body && { required: body['required'] === true, contents: this.readContents(body['content'], 'request') },
      responses: new Map(responses),
    };
  }

  private readContents(value: unknown, direction: Direction): Content[] {
    return Object.entries(asObject(value) ?? {}).map(([type, media]) => {
      const schema = asObject(media)?.['schema'];
      const isChecked = isJsonType(type) && schema !== undefined;
      return { type: mediaTypeOf(type), schema: isChecked ? this.schemas.add(schema, direction) : undefined };
    });
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What stands before paths: where the document says it is served, and nothing, since many say it for other places. */
function basePaths(document: JsonObject): readonly string[] {
  const bases = listOf(document['servers']).flatMap((server): string[] => {
    const url = asObject(server)?.['url'];
    if (typeof url !== 'string' || url.includes('{')) return [];
    return URL.canParse(url, 'http://service/') ? [new URL(url, 'http://service/').pathname.replace(/\/+$/, '')] : [];
  });
  return [...new Set([...bases, ''])].slice(0, 4);
}
