import { describe, expect, test } from 'vitest';

import { checkBody, findOperation, planAnswer, planBody } from '../../../src/gateway/validate/check-message.ts';
import { checkParameters } from '../../../src/gateway/validate/check-parameters.ts';
import { compileContract } from '../../../src/gateway/validate/compile-contract.ts';
import type { UsableContract } from '../../../src/gateway/validate/compile-contract.ts';
import { PathTable } from '../../../src/gateway/validate/path-table.ts';
import { finish } from '../../support/finish.ts';
import { hostileDocument, ordersDocument } from '../scaffold/client/documents.ts';
import { randomDocuments, randomJson } from '../scaffold/client/random-documents.ts';
import { randomFrom } from '../scaffold/random-texts.ts';

const json = ['content-type', 'application/json'];
const ownPrototype = Object.getOwnPropertyNames(Object.prototype).toSorted();

function compile(document: unknown): UsableContract {
  return finish(compileContract(Buffer.from(JSON.stringify(document))));
}

/** The errors of a request to a contract, as the gateway finds them. */
function errorsOf({ contract, checker }: UsableContract, request: string, body?: unknown): readonly string[] {
  const [method = '', path = '', query = ''] = request.split(/[ ?]/);
  const found = findOperation(contract, method, path);
  if ('unknown' in found) throw new Error(`${method} ${path} is not in the contract`);
  const fields = [...json, 'idempotency-key', 'a'];
  const source = { path: found.path, query: `?${query}`, fields };
  const errors = checkParameters(found.operation.parameters, source, checker);
  const plan = planBody(found.operation, { fields: json, hasBody: body !== undefined });
  const wrong = plan.kind === 'wrong' ? [plan.error] : [];
  const inBody = plan.kind === 'check' ? checkBody(Buffer.from(JSON.stringify(body)), plan.schema, checker) : [];
  return [...errors, ...wrong, ...inBody].map(({ in: place, pointer }) => `${place} ${pointer}`);
}

describe('the contract of a service made by msa', () => {
  const usable = compile(ordersDocument());

  test('is taken as a whole', () => {
    expect(usable.contract.schemas.omitted).toEqual([]);
    for (const name of usable.checker.names) usable.checker.prepare(name);
  });

  test('lets through what its service takes, and nothing else', () => {
    const order = { item: 'pen', quantity: 1, size: 'small' };
    expect(errorsOf(usable, 'POST /orders', order)).toEqual([]);
    expect(errorsOf(usable, 'POST /orders', { ...order, tags: ['a'] })).toEqual([]);
    expect(errorsOf(usable, 'POST /orders', { ...order, quantity: 'x', size: 'huge' })).toEqual([
      'body /quantity',
      'body /size',
    ]);
    expect(errorsOf(usable, 'POST /orders')).toEqual(['body ']);
    expect(errorsOf(usable, 'GET /orders?limit=5')).toEqual([]);
    expect(errorsOf(usable, 'GET /orders?limit=many')).toEqual(['query /limit']);
  });
});

describe('any contract', () => {
  test('of whatever nonsense is read or refused, and changes nothing of JavaScript', () => {
    const documents = [
      hostileDocument(),
      ...randomDocuments(60),
      ...Array.from({ length: 60 }, (_, seed) => nonsense(seed)),
    ];
    for (const [seed, document] of documents.entries()) askAnything(compile(document), seed);
    expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(ownPrototype);
  });
});

function nonsense(seed: number): unknown {
  return {
    openapi: '3.1.0',
    paths: { '/a/{b}': randomJson(seed), '/c': { post: randomJson(seed + 1000) } },
    components: randomJson(seed + 2000),
  };
}

/** Whatever comes of it, nothing may be thrown. */
function askAnything(usable: UsableContract, seed: number): void {
  const methods = ['GET', 'POST', 'PUT', 'DELETE'];
  const paths = ['/a/1', '/c', '/thing', '/__proto__', '/things/x'];
  for (const method of methods) for (const path of paths) askOperation(usable, { method, path, seed });
}

function askOperation(
  { contract, checker }: UsableContract,
  { method, path, seed }: { method: string; path: string; seed: number },
): void {
  const found = findOperation(contract, method, path);
  if ('unknown' in found) return;
  const fields = [...json, 'x-a', 'b', 'cookie', 'a=b; c'];
  checkParameters(found.operation.parameters, { path: found.path, query: '?a=1&name=%zz&&=', fields }, checker);
  const body = Buffer.from(JSON.stringify(randomJson(seed + 3000)));
  for (const plan of [planBody(found.operation, { fields, hasBody: true }), planAnswer(found.operation, 200, fields)])
    if (plan.kind === 'check') checkBody(body, plan.schema, checker);
}

/** The most definite template by comparing all of them, segment by segment. */
function findSlowly(templates: readonly string[], path: string): string | undefined {
  const segments = path.split('/');
  const fitting = templates.filter((template) => {
    const parts = template.split('/');
    if (parts.length !== segments.length) return false;
    return parts.every((part, index) => part === segments[index] || (part.startsWith('{') && segments[index] !== ''));
  });
  return fitting.toSorted((left, right) => (rankOf(left) < rankOf(right) ? -1 : 1))[0];
}

function rankOf(template: string): string {
  return template
    .split('/')
    .map((each) => (each.startsWith('{') ? '1' : '0'))
    .join('');
}

describe('a table of path templates', () => {
  test('finds what a comparison of all of them finds', () => {
    const random = randomFrom(7);
    const pick = (texts: readonly string[]): string => texts[Math.floor(random() * texts.length)] ?? '';
    const make = (texts: readonly string[]): string =>
      `/${Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(texts)).join('/')}`;
    for (let round = 0; round < 200; round += 1) {
      const templates = [...new Set(Array.from({ length: 12 }, () => make(['a', 'b', '{x}'])))];
      const table = new PathTable(templates.map((template) => [template, template] as const));
      for (let asked = 0; asked < 10; asked += 1) {
        const path = make(['a', 'b', 'c', '']);
        expect(table.find(path)?.value, `${path} of ${templates.join(' ')}`).toBe(findSlowly(templates, path));
      }
    }
  });
});
