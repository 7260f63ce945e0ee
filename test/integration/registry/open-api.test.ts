import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';

import { routes } from '../../../src/registry/http/routes.ts';
import { recordOf } from './support/fake-service.ts';
import { put, send, startRegistry, systemOf } from './support/registry.ts';
import { watch } from './support/watch.ts';

interface Operation {
  readonly operationId: string;
  readonly security?: unknown;
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema?: { readonly $ref: string } }>>;

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

async function readDocument(url: string): Promise<Document> {
  return (await send(`${url}/openapi.json`, 'GET')).json as Document;
}

function operationsOf({ paths }: Document): readonly (readonly [string, string, Operation])[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [method.toUpperCase(), path, operation] as const),
  );
}

const examples: Readonly<Record<string, unknown>> = {
  '/v1/system': systemOf(['orders']),
  '/v1/sources/{name}': { instances: [recordOf('orders-1', { port: 1 })] },
  '/v1/kept-since': { keptSince: '2026-01-01T00:00:00Z' },
  '/v1/gateways/{id}': {
    epoch: 'first',
    revision: 1,
    stats: { at: '2026-01-01T00:00:00Z', targets: [], instances: [], consumers: [], utilization: 0, residentBytes: 0 },
  },
};

test('the document names every route, and no other', async () => {
  await using registry = await startRegistry();
  const document = await readDocument(registry.url);
  expect(document.openapi).toMatch(/^3\.1\./);
  const described = operationsOf(document).map(([method, path]) => `${method} ${path}`);
  expect(described.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted());
  const ids = operationsOf(document).map(([, , { operationId }]) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test('every operation does what the document says: body, token, status and answer', async () => {
  await using registry = await startRegistry();
  await put(`${registry.url}/v1/system`, systemOf(['orders']));
  await put(`${registry.url}/v1/sources/engine`, examples['/v1/sources/{name}']);
  await put(`${registry.url}/v1/gateways/engine`, examples['/v1/gateways/{id}']);
  const document = await readDocument(registry.url);
  const validate = validatorOf(document);
  for (const [method, path, operation] of operationsOf(document).filter(([, name]) => name !== '/v1/watch')) {
    const url = `${registry.url}${path.replace(/\{\w+\}/, 'engine')}`;
    const body = operation.requestBody === undefined ? undefined : examples[path];
    const unauthorized = await send(url, method, { body, headers: { authorization: '' } });
    expect([method, path, unauthorized.status === 401]).toEqual([method, path, operation.security !== undefined]);
    const reply = await send(url, method, { body });
    const described = operation.responses[String(reply.status)];
    expect([method, path, reply.status, described !== undefined]).toEqual([method, path, reply.status, true]);
    const type = String(reply.headers['content-type']).split(';')[0] ?? '';
    const schema = described?.content?.[type]?.schema;
    expect([method, path, schema === undefined ? [] : validate(schema.$ref, reply.json)]).toEqual([method, path, []]);
    const sent = operation.requestBody?.content['application/json']?.schema;
    expect([path, sent === undefined ? [] : validate(sent.$ref, body)]).toEqual([path, []]);
  }
});

test('problems and the lines of the stream are as the document says', async () => {
  await using registry = await startRegistry({ system: systemOf(['orders']) });
  await put(`${registry.url}/v1/sources/engine`, examples['/v1/sources/{name}']);
  const validate = validatorOf(await readDocument(registry.url));
  await using stream = await watch(registry);
  expect(validate('#/components/schemas/WatchMessage', stream.messages[0])).toEqual([]);
  const { json } = await send(`${registry.url}/v1/system`, 'PUT', { body: {} });
  expect(json).toMatchObject({ status: 422 });
  expect(validate('#/components/schemas/Problem', json)).toEqual([]);
});

test('the schemas refuse what the registry refuses', async () => {
  await using registry = await startRegistry();
  const validate = validatorOf(await readDocument(registry.url));
  expect(validate('#/components/schemas/System', { ...systemOf([]), more: 1 })).not.toEqual([]);
  expect(validate('#/components/schemas/SourceTable', { instances: [{ id: 'orders-1' }] })).not.toEqual([]);
});

/** Says what of a value does not fit a schema of the document. */
function validatorOf({ components }: Document): (reference: string, value: unknown) => readonly unknown[] {
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } });
  ajv.addSchema({ $id: 'document', components });
  return (reference, value) => {
    const validate = ajv.getSchema(`document${reference}`);
    if (validate === undefined) throw new Error(`the document has no ${reference}`);
    return validate(value) === true ? [] : (validate.errors ?? []);
  };
}
