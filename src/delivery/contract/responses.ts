import type { Mapping } from '../../model/yaml/mapping.ts';
import { quotedName } from './change.ts';
import { compareSchemas, deprecationOf, report, type Comparison } from './comparison.ts';
import { compareContent } from './content.ts';
import { declaredOf, memberOf, membersOf, resolveMapping, type ContractDocument } from './document.ts';
import type { OperationPair } from './operation-pair.ts';
import type { Direction } from './schema/pair.ts';

/** What is answered: statuses, media types, schemas and headers. */
export function compareResponses(comparison: Comparison, pair: OperationPair, direction: Direction): void {
  const from = responsesOf(comparison.from, pair.from.operation);
  const to = responsesOf(comparison.to, pair.to.operation);
  const used = new Set<string>();
  for (const [status, before] of from) {
    const found = findStatus(to, status);
    if (found === undefined) {
      reportGone(comparison, pair, { status, response: before, known: [...from.keys()] });
      continue;
    }
    used.add(found[0]);
    compareResponse(comparison, pair, { status, from: before, to: found[1], direction });
  }
  for (const [status, response] of to) {
    if (used.has(status)) continue;
    report(comparison, {
      rule: 'added',
      breaking: false,
      operation: pair.operation,
      document: 'to',
      owner: response,
      says: `also answers ${status}`,
    });
  }
}

function responsesOf(document: ContractDocument, operation: unknown): ReadonlyMap<string, Mapping> {
  const found = declaredOf(memberOf(operation, 'responses')).flatMap(([status, value]) => {
    const response = resolveMapping(document, value);
    return response === undefined ? [] : [[status.toUpperCase(), response] as const];
  });
  return new Map(found.map(([status, response]) => [status === 'DEFAULT' ? 'default' : status, response]));
}

/** The same status, a range it lies in, or for a range one that lies in it. */
function findStatus(to: ReadonlyMap<string, Mapping>, status: string): readonly [string, Mapping] | undefined {
  const range = `${status.charAt(0)}XX`;
  const isRange = status === range;
  return (
    [...to].find(([other]) => other === status) ??
    [...to].find(
      ([other]) => other === range || (isRange && other.charAt(0) === status.charAt(0) && other !== 'default'),
    )
  );
}

interface Gone {
  readonly status: string;
  readonly response: Mapping;
  readonly known: readonly string[];
}

/** Callers wait for what means success; that an error cannot happen any more is good news. */
function reportGone(comparison: Comparison, { operation }: OperationPair, { status, response, known }: Gone): void {
  const hasSuccess = known.some((each) => each.startsWith('2'));
  const breaking = status.startsWith('2') || (status === 'default' && !hasSuccess);
  report(comparison, {
    rule: breaking ? 'response-status-removed' : 'removed',
    breaking,
    operation,
    document: 'from',
    owner: response,
    says: `no longer answers ${status}`,
  });
}

interface Both {
  readonly status: string;
  readonly from: Mapping;
  readonly to: Mapping;
  readonly direction: Direction;
}

function compareResponse(comparison: Comparison, pair: OperationPair, { status, from, to, direction }: Both): void {
  const { operation } = pair;
  const verb = direction === 'response' ? `answers ${status} with` : `takes as answer ${status}`;
  const where = { operation, direction, verb, thing: undefined };
  const rule = direction === 'response' ? 'response-media-type-removed' : 'request-media-type-removed';
  compareContent(comparison, { where, from, to, rule });
  if (direction === 'response') compareHeaders(comparison, pair, { status, from, to, direction });
}

interface Header {
  readonly name: string;
  readonly value: Mapping;
  readonly isRequired: boolean;
}

function compareHeaders(comparison: Comparison, { operation }: OperationPair, { status, ...ends }: Both): void {
  const from = headersOf(comparison.from, ends.from);
  const to = headersOf(comparison.to, ends.to);
  const verb = `answers ${status} with`;
  for (const [key, before] of from) {
    const after = to.get(key);
    const thing = `header ${quotedName(before.name)}`;
    if (after === undefined) {
      report(comparison, {
        rule: 'response-header-removed',
        breaking: true,
        operation,
        document: 'from',
        owner: before.value,
        says: `no longer ${verb} ${thing}`,
        ...deprecationOf(before.value),
      });
      continue;
    }
    if (before.isRequired && !after.isRequired) {
      report(comparison, {
        rule: 'response-header-became-optional',
        breaking: true,
        operation,
        document: 'to',
        owner: after.value,
        says: `no longer always ${verb} ${thing}`,
      });
    }
    const schemas = { from: memberOf(before.value, 'schema'), to: memberOf(after.value, 'schema') };
    compareSchemas(comparison, { operation, direction: 'response', verb, thing }, schemas);
  }
  for (const [key, { name, value }] of to) {
    if (from.has(key)) continue;
    report(comparison, {
      rule: 'added',
      breaking: false,
      operation,
      document: 'to',
      owner: value,
      says: `also ${verb} header ${quotedName(name)}`,
    });
  }
}

/** By their names in lower case; the media type is told as such. */
function headersOf(document: ContractDocument, response: Mapping): ReadonlyMap<string, Header> {
  const found = membersOf(memberOf(response, 'headers')).flatMap(([name, value]) => {
    const header = resolveMapping(document, value);
    const key = name.toLowerCase();
    if (header === undefined || key === 'content-type') return [];
    return [[key, { name, value: header, isRequired: memberOf(header, 'required') === true }] as const];
  });
  return new Map(found);
}
