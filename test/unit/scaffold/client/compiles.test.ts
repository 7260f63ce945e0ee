import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createClientProject } from './client-project.ts';
import { clientOf, documentOf, hostileDocument, operations, ordersDocument } from './documents.ts';
import { randomDocuments } from './random-documents.ts';

const tsc = join(import.meta.dirname, '../../../../node_modules/typescript/bin/tsc');

const ref = (name: string): unknown => ({ $ref: `#/components/schemas/${name}` });

const awkward = documentOf({
  Thing: {
    properties: {
      tree: ref('Tree'),
      self: ref('Self'),
      one: ref('One'),
      json: ref('Json'),
      mixed: ref('Mixed'),
      reply: ref('Reply'),
      error: ref('Error'),
    },
    additionalProperties: { type: 'number' },
  },
  Tree: { type: 'object', additionalProperties: ref('Tree') },
  Self: { anyOf: [ref('Self'), { type: 'null' }] },
  One: { allOf: [ref('Two'), { properties: { a: { type: 'string' } } }] },
  Two: { oneOf: [ref('One'), { type: 'array', items: ref('Two') }] },
  Json: { anyOf: [{ type: ['string', 'number', 'null'] }, { type: 'array', items: ref('Json') }, ref('Tree')] },
  Mixed: { allOf: [{ type: 'string' }, { type: 'number' }, { oneOf: [ref('Tree'), ref('Json')] }] },
  Reply: { type: ['object', 'null'], properties: { Promise: { enum: [1, -2.5, 1e300] } } },
  Error: { properties: { inner: { properties: { a: { description: 'x', type: 'array', items: ref('Error') } } } } },
});

const parametersOfAllKinds = operations({
  '/a/{a}/{a}/{b}{c}': {
    parameters: [
      { in: 'query', name: 'a', schema: { enum: ['x', 1, true] } },
      { in: 'query', name: '__proto__', schema: { type: 'array', items: { type: 'number' } } },
      { in: 'header', name: '__proto__' },
      { in: 'header', name: 'A', required: true, schema: { type: 'integer' } },
      { in: 'path', name: 'b', schema: { type: 'array', items: {} } },
      { in: 'query', name: 'b', schema: { enum: ['x', null] } },
    ],
    get: { responses: { '200': {}, '2XX': { content: { 'application/json': { schema: { type: 'string' } } } } } },
    put: { requestBody: { content: { 'application/json': { schema: { enum: ['y'] } } } } },
  },
});

const choice = (name: string): unknown => ({
  oneOf: Array.from({ length: 60 }, (_, index) => ({ properties: { [name]: { const: index } }, required: [name] })),
});
const tooManyCombinations = documentOf({
  Thing: { allOf: [ref('A'), ref('B'), choice('c'), { type: 'boolean' }] },
  A: choice('a'),
  B: { properties: { inner: { allOf: [choice('b'), ref('A'), ref('A'), { type: 'array', items: ref('Thing') }] } } },
});

// How a rule uses a client; an expected error that does not come is an error, too.
const use = `import { orders, createOrdersClient } from './orders.ts';
import type { Order, OrderDraft, OrdersClient, OrderPage } from './orders.ts';

export async function pay(client: OrdersClient = orders): Promise<Order> {
  const draft: OrderDraft = { item: 'cup', quantity: 1, size: 'small' };
  const { body: { id }, etag } = await client.createOrder({ body: draft });
  const paid = await client.payOrder({ id, ifMatch: etag, idempotencyKey: 'k' }, { timeoutMs: 100 });
  const page = await createOrdersClient({ baseUrl: 'http://x' }).listOrders();
  await client.followLink<OrderPage>(page.body, 'next');
  await client.followLink(paid.body, 'cancel', { ifMatch: paid.etag });
  // @ts-expect-error -- a change needs the ETag
  await client.payOrder({ id });
  // @ts-expect-error -- no such size
  await client.createOrder({ body: { ...draft, size: 'huge' } });
  // @ts-expect-error -- deleting answers nothing
  (await client.deleteOrder({ id, ifMatch: etag })).body.id;
  return paid.body;
}
`;

it('clients compile under the strict options of the service template', { timeout: 120_000 }, async () => {
  await using project = await createClientProject();
  const documents = {
    awkward,
    parametersOfAllKinds,
    tooManyCombinations,
    hostile: hostileDocument(),
    ...Object.fromEntries(randomDocuments(40).map((document, index) => [`random-${index}`, document])),
  };
  await Promise.all(Object.entries(documents).map(([name, document]) => project.write(name, clientOf(document))));
  await project.write(
    'orders',
    clientOf(ordersDocument())
      .replaceAll('ShopClient', 'OrdersClient')
      .replaceAll(/\bshop\b/g, 'orders'),
  );
  await project.write('use', use);
  const run = promisify(execFile)(process.execPath, [tsc, '--noEmit', '-p', project.directory]);
  const output = await run.then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
  expect(output).toBe('');
});
