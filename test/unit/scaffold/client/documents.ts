import { renderClient } from '../../../../src/scaffold/client/render-client.ts';
import { describeApi } from '../../../../templates/rest/base/src/openapi.ts';
import { defineResource } from '../../../../templates/rest/base/src/resource.ts';

/** The contract of a service of our own, as the template itself computes it. */
export function ordersDocument(): unknown {
  const resource = defineResource({
    name: 'order',
    plural: 'orders',
    type: 'Order',
    title: 'order',
    titlePlural: 'orders',
    idPrefix: 'ord',
    fields: {
      item: { type: 'string' },
      quantity: { type: 'int' },
      size: { type: 'enum', values: ['small', 'large'] },
      tags: { type: 'string', list: true, optional: true },
    },
    machine: {
      initial: 'created',
      states: ['created', 'paid', 'cancelled'],
      transitions: [
        { rel: 'pay', from: ['created'], to: 'paid', path: 'pay', title: 'Pay this order' },
        { rel: 'cancel', from: ['created'], to: 'cancelled', path: 'cancel', title: 'Cancel this order' },
      ],
    },
  });
  return describeApi(resource, { title: 'Orders', version: '0.1.0', description: '' });
}

/** The text of the client of a service called `shop`; fails when the document is refused. */
export function clientOf(document: unknown): string {
  const rendered = renderClient({ callee: 'shop', variable: 'SHOP_URL', document });
  if (!rendered.ok) throw new Error(rendered.problem);
  return rendered.content;
}

/** A document with one operation that answers with the schema `Thing`. */
export function documentOf(
  schemas: Readonly<Record<string, unknown>>,
  openapi = '3.1.0',
): Readonly<Record<string, unknown>> {
  const schema = { $ref: '#/components/schemas/Thing' };
  return {
    openapi,
    paths: { '/thing': { get: { responses: { '200': { content: { 'application/json': { schema } } } } } } },
    components: { schemas },
  };
}

/** The declaration of a type in the client of such a document. */
export function declared(schemas: Readonly<Record<string, unknown>>, name = 'Thing', openapi = '3.1.0'): string {
  const text = clientOf(documentOf(schemas, openapi));
  const start = text.search(new RegExp(`^export (?:type|interface) ${name}\\b`, 'm'));
  return start < 0 ? '' : (text.slice(start).split('\n\n')[0] ?? '');
}

/** The lines of a function of the client, from its name to its end. */
export function functionOf(text: string, name: string): string {
  const start = text.indexOf(`    async ${name}(`);
  return start < 0 ? '' : text.slice(start, text.indexOf('\n    },', start) + 7);
}

/** The operations of a document, given as paths. */
export function operations(paths: Readonly<Record<string, unknown>>, more: object = {}): unknown {
  return { openapi: '3.0.3', paths, ...more };
}

/** A document that tries everything a name or text could break. */
export function hostileDocument(): unknown {
  const texts = hostileTexts;
  const properties = Object.fromEntries(
    texts.map((text) => [text, { type: 'string', description: text, enum: [text] }]),
  );
  const parameters = texts.flatMap((name) =>
    ['query', 'header', 'path', 'cookie'].map((place) => ({ name, in: place, description: name })),
  );
  return JSON.parse(
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: texts.join(' '), version: texts[0] },
      servers: [{ url: "/v1/`${process.exit(1)}`'*/" }],
      paths: Object.fromEntries(
        texts.map((text, index) => [
          `/${text}/{${text}}/x${index}`,
          {
            get: {
              operationId: text,
              summary: text,
              description: `*/ ${text}`,
              parameters,
              responses: { '200': content({ $ref: `#/components/schemas/${pointer(text)}` }) },
            },
            post: { requestBody: content({ type: 'object', properties }), responses: { [text]: content({}) } },
          },
        ]),
      ),
      components: {
        schemas: Object.fromEntries(texts.map((text) => [text, { title: text, type: 'object', properties }])),
      },
    }).replaceAll('"PROTO"', '"__proto__"'),
  );
}

const content = (schema: unknown): unknown => ({ content: { 'application/json': { schema } } });
const pointer = (text: string): string => text.replaceAll('~', '~0').replaceAll('/', '~1');

export const hostileTexts = [
  '*/ process.exit(1) /*',
  "'; process.exit(1); '",
  '`${process.exit(1)}`',
  '${process.exit(1)}',
  '\\',
  "\\'; process.exit(1); //",
  'a\nprocess.exit(1)\r\u2028process.exit(1)\u2029',
  '\u202Eltr\u2066\u200B\uFEFF',
  '\uD800',
  '\u0000\u0007\u001B[31m',
  '@ts-ignore',
  '// @ts-nocheck',
  '</script><!--',
  'PROTO',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'await',
  'class',
  'default',
  'arguments',
  'eval',
  'undefined',
  'any',
  'string',
  'Promise',
  'Record',
  'Reply',
  'Omit',
  'Readonly',
  'ShopClient',
  'call',
  'send',
  'segment',
  'options',
  'body',
  'process',
  'encodeURIComponent',
  'createShopClient',
  'shop',
  'followLink',
  '0',
  '1e5',
  '-',
  ' ',
  'größe',
  '名前',
  '😀',
  'x'.repeat(5000),
];
