import type { ContractChange, Deprecation, Operation } from './change.ts';
import { nameOf, printable, quotedName } from './change.ts';
import { memberOf, type ContractDocument } from './document.ts';
import type { Direction } from './schema/pair.ts';
import { SchemaGraph } from './schema/schema-graph.ts';
import type { SchemaChange } from './schema/node.ts';

/** Two documents under comparison, and what was found so far. */
export interface Comparison {
  readonly from: ContractDocument;
  readonly to: ContractDocument;
  readonly graph: SchemaGraph;
  readonly changes: ContractChange[];
}

export function startComparison(from: ContractDocument, to: ContractDocument): Comparison {
  return { from, to, graph: new SchemaGraph(from, to), changes: [] };
}

/** A place in an operation whose schemas are compared. */
export interface Where {
  readonly operation: Operation;
  readonly direction: Direction;
  /** `takes`, or `answers 200 with`. */
  readonly verb: string;
  /** What the schema describes, such as `query parameter "limit"`; undefined for a body. */
  readonly thing: string | undefined;
}

interface Found extends Partial<Deprecation> {
  readonly rule: ContractChange['rule'];
  readonly breaking: boolean;
  /** What follows the name of the operation. */
  readonly says: string;
  readonly operation: Operation | undefined;
  readonly document: 'from' | 'to';
  /** The mapping it stands in, and perhaps the key below it. */
  readonly owner: unknown;
  readonly key?: string;
}

export function report(comparison: Comparison, found: Found): void {
  const { rule, breaking, says, operation, document, owner, key, deprecated = false, sunset } = found;
  const pointer = comparison[document].pointerOf(owner) + (key === undefined ? '' : `/${key}`);
  const message = operation === undefined ? says : `${nameOf(operation)} ${says}`;
  comparison.changes.push({ rule, breaking, message, pointer, document, operation, deprecated, sunset });
}

/** Compares the schemas of one place and reports each difference with its name. */
export function compareSchemas(
  comparison: Comparison,
  where: Where,
  ends: { readonly from: unknown; readonly to: unknown },
): void {
  for (const { path, change } of comparison.graph.compare(
    { from: ends.from ?? true, to: ends.to ?? true },
    where.direction,
  )) {
    const { rule, breaking, at, was } = change;
    comparison.changes.push({
      rule,
      breaking,
      ...at,
      operation: where.operation,
      message: `${nameOf(where.operation)} ${describe(where, path, change)}`,
      deprecated: was?.deprecated ?? false,
      sunset: was?.sunset,
    });
  }
}

function describe({ verb, thing, direction }: Where, path: string, change: SchemaChange): string {
  const below = `${path}${change.property === undefined ? '' : `.${change.property}`}`.replace(/^\./, '');
  const name = [thing, below === '' ? undefined : quotedName(below)].filter((word) => word !== undefined).join(' ');
  const isRequest = direction === 'request';
  const sentences: Readonly<Record<SchemaChange['kind'], string>> = {
    gone: `no longer ${verb} ${name}`,
    new: `also ${verb} ${name}`,
    'new-required': `requires a new ${name}`,
    required: isRequest ? `requires ${name} now` : `always ${verb} ${name} now`,
    optional: isRequest ? `no longer requires ${name}` : `no longer always ${verb} ${name}`,
    keyword: `${verb} ${name === '' ? 'a body' : name}: ${printable(change.text)}`,
  };
  return sentences[change.kind];
}

/** What a document said of something before it went. */
export function deprecationOf(value: unknown): Deprecation {
  const sunset = memberOf(value, 'x-sunset');
  return {
    deprecated: memberOf(value, 'deprecated') === true,
    sunset: typeof sunset === 'string' ? printable(sunset) : undefined,
  };
}
