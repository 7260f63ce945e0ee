import { describe, expect, it } from 'vitest';
import { renderClient } from '../../../../src/scaffold/client/render-client.ts';
import { clientOf, functionOf, operations, ordersDocument } from './documents.ts';

const render = (document: unknown, callee = 'orders', variable = 'ORDERS_URL') =>
  renderClient({ callee, variable, document });

describe('renderClient', () => {
  it('writes the client of our own service as somebody would have by hand', async () => {
    const rendered = render(ordersDocument());
    if (!rendered.ok) throw new Error(rendered.problem);
    await expect(rendered.content).toMatchFileSnapshot('orders-client.golden.txt');
    expect(rendered.notes).toEqual([]);
  });

  it('writes the same text each time', () => {
    expect(render(ordersDocument())).toEqual(render(structuredClone(ordersDocument())));
  });

  it.each([
    [undefined, 'It is no OpenAPI document: a JSON object is expected.'],
    [[], 'It is no OpenAPI document: a JSON object is expected.'],
    [{}, 'It is no OpenAPI document: it has no "openapi" with a version.'],
    [{ openapi: 3.1 }, 'It is no OpenAPI document: it has no "openapi" with a version.'],
    [{ swagger: '2.0' }, 'It is a Swagger 2.0 document; msa reads OpenAPI 3.0 and 3.1.'],
    [{ openapi: '4.0.0' }, 'It is written for another version; msa reads OpenAPI 3.0 and 3.1.'],
    [{ openapi: '3.1.0', paths: {} }, 'The document describes no operation that could be called.'],
  ])('refuses %j', (document, problem) => {
    expect(render(document)).toEqual({ ok: false, problem });
  });

  it('refuses names that are none of a service', () => {
    expect(render(ordersDocument(), '*/')).toMatchObject({ ok: false });
    expect(render(ordersDocument(), 'orders', "'")).toMatchObject({ ok: false });
  });

  it.each([
    ['user-profile', 'export const userProfile = createUserProfileClient();'],
    ['3d', 'export const service3d = createService3dClient();'],
    ['delete', 'export const deleteClient = createDeleteClient();'],
    ['call', 'export const callClient = createCallClient();'],
  ])('calls the client of %s so that it is an identifier', (callee, line) => {
    expect(render(ordersDocument(), callee, 'X_URL')).toMatchObject({ content: expect.stringContaining(line) });
  });

  it('leaves out what follows links when no representation has links', () => {
    const text = clientOf(operations({ '/a': { get: {} } }));
    expect(text).not.toMatch(/link|problem|segment|TaggedReply/i);
  });
});

const body = (mediaType: string) => ({ content: { [mediaType]: { schema: { type: 'string' } } } });
const answer = (type: string) => ({ content: { 'application/json': { schema: { type } } } });

describe('an operation', () => {
  it('is called by its operationId, else by method and path, and never like another', () => {
    const text = clientOf(
      operations({
        '/a': { get: { operationId: 'list-things' }, put: { operationId: 'list_things' } },
        '/a/{id}/b-c': { get: {}, post: { operationId: 'ListThings' } },
        '/then': { get: { operationId: 'then' } },
      }),
    );
    const names = [...text.matchAll(/^ {4}async (\w+)/gm)].map(([, name]) => name);
    expect(names).toEqual(['listThings', 'listThings2', 'getAIdBC', 'listThings3', 'then2']);
  });

  it('has its parameters typed, those of the path encoded', () => {
    const parameters = [
      { name: 'tag', in: 'query', schema: { type: 'array', items: { enum: ['a', 'b'] } } },
      { name: 'page size', in: 'query', required: true, schema: { type: 'integer' } },
      { name: 'where', in: 'query', schema: { type: 'object' } },
      { name: 'joined', in: 'query', explode: false, schema: { type: 'array', items: { type: 'string' } } },
      { name: 'X-Request-ID', in: 'header', schema: { type: 'string' } },
      { name: 'x-request-id', in: 'header', required: true, schema: { type: 'integer' } },
      { name: 'Authorization', in: 'header', required: true },
      { name: 'session', in: 'cookie' },
      { name: 'class', in: 'path', required: true, schema: { type: 'integer' } },
    ];
    const rendered = render(operations({ '/a/{class}/{other}': { parameters, get: { operationId: 'read' } } }));
    if (!rendered.ok) throw new Error(rendered.problem);
    expect(functionOf(rendered.content, 'read')).toMatchInlineSnapshot(`
      "    async read(
            { classValue, other, tag, pageSize, where, joined, xRequestId }: {
              classValue: number;
              other: string;
              tag?: readonly ('a' | 'b')[];
              pageSize: number;
              where?: string;
              joined?: string;
              xRequestId: string;
            },
            options: CallOptions = {},
          ): Promise<Reply<unknown>> {
            return send(options, {
              method: 'GET',
              path: \`/a/\${segment(classValue)}/\${segment(other)}\`,
              query: { tag, 'page size': pageSize, where, joined },
              headers: { 'x-request-id': xRequestId },
            });
          },"
    `);
    expect(rendered.notes).toMatchInlineSnapshot(`
      [
        "Cookie parameters are not sent.",
        "Query parameters that are objects or joined lists are given as text.",
      ]
    `);
  });

  it('sends JSON under the media type of the document, and no other bodies', () => {
    const text = clientOf(
      operations({
        '/a': {
          patch: { requestBody: body('application/merge-patch+json; charset=utf-8') },
          post: { requestBody: { ...body('text/csv'), required: true } },
        },
      }),
    );
    expect(functionOf(text, 'patchA')).toContain("headers: { 'content-type': 'application/merge-patch+json' },");
    expect(functionOf(text, 'postA')).toContain('{ body }: { body: unknown /* no JSON; it would be sent as JSON */ }');
  });

  it('tells answers apart by status only when they differ', () => {
    const text = clientOf(
      operations({
        '/same': { get: { responses: { '200': answer('string'), '201': answer('string'), '404': answer('number') } } },
        '/other': { get: { responses: { '200': answer('string'), '202': answer('number'), '204': {} } } },
        '/range': { get: { responses: { '2XX': answer('string') } } },
        '/fallback': { get: { responses: { default: answer('boolean') } } },
        '/csv': { get: { responses: { '200': { content: { 'text/csv': {} } } } } },
        '/own': { get: { responses: { '200': { content: { 'application/hal+json': { schema: {} } } } } } },
      }),
    );
    const types = [...text.matchAll(/Promise<(.+)> \{$/gm)].map(([, type]) => type).slice(1);
    expect(types).toEqual([
      'Reply<string>',
      'Reply<string, 200> | Reply<number, 202> | Reply<undefined, 204>',
      'Reply<string>',
      'Reply<boolean>',
      'Reply<unknown /* no JSON */>',
      'Reply<unknown>',
    ]);
    expect(text).toContain("accept: 'application/hal+json, application/json'");
  });

  it('leaves out of bodies what is only read, and of answers what is only written', () => {
    const user = {
      type: 'object',
      properties: { id: { type: 'string', readOnly: true }, password: { type: 'string', writeOnly: true } },
    };
    const json = { content: { 'application/json': { schema: { $ref: '#/components/schemas/User' } } } };
    const text = clientOf(
      operations(
        { '/users': { post: { operationId: 'add', requestBody: json, responses: { '201': json } } } },
        { components: { schemas: { User: user } } },
      ),
    );
    expect(functionOf(text, 'add')).toContain("body?: Omit<User, 'id'>");
    expect(functionOf(text, 'add')).toContain("Promise<Reply<Omit<User, 'password'>>>");
  });

  it("begins its path with that of the document's first server", () => {
    const document = operations({ '/a b/{id}': { get: {} } }, { servers: [{ url: 'https://x.example/v2/' }] });
    expect(clientOf(document)).toContain('path: `/v2/a%20b/${segment(id)}`');
  });
});
