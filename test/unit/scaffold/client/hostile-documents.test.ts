import { describe, expect, it } from 'vitest';
import { renderClient } from '../../../../src/scaffold/client/render-client.ts';
import { createClientProject } from './client-project.ts';
import { clientOf, declared, documentOf, hostileDocument, operations } from './documents.ts';
import { randomDocuments, randomJson } from './random-documents.ts';

const render = (document: unknown) => renderClient({ callee: 'shop', variable: 'SHOP_URL', document });

describe('a hostile document', () => {
  it('cannot put code of its own into the client', async () => {
    await using project = await createClientProject();
    await project.write('hostile', clientOf(hostileDocument()));
    // Importing runs whatever broke out of a name, a text or a comment: vitest fails when process.exit is called.
    const loaded = await project.load('hostile');
    expect(Object.keys(loaded)).toEqual(['createShopClient', 'shop']);
  });

  it('cannot hide text: what is not printable is escaped or left out', () => {
    const text = clientOf(hostileDocument());
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  });

  it('cannot give orders to the compiler or to tools', () => {
    const lines = clientOf(hostileDocument()).split('\n');
    const comments = lines.filter((line) => /^\s*(?:\/|\*)/.test(line));
    expect(comments.filter((line) => /@(?!deprecated\b)/.test(line))).toEqual([]);
  });

  it('never makes the generator throw, nor write the same document in two ways', () => {
    for (let seed = 1; seed <= 400; seed += 1) {
      const json = randomJson(seed);
      const rendered = render(
        seed % 2 === 0 ? json : { openapi: '3.1.0', paths: { '/a': { get: json } }, components: json },
      );
      expect(['string', 'undefined']).toContain(typeof (rendered.ok ? rendered.content : undefined));
    }
    for (const document of randomDocuments(100)) expect(render(document)).toEqual(render(document));
  });

  it('cannot break in with values that refuse to become text', () => {
    const bad = { toString: 1, valueOf: 1 };
    const operation = { operationId: bad, summary: bad, parameters: [{ in: bad, name: bad }], responses: bad };
    expect(render(operations({ '/a': { get: operation, parameters: bad } }, { info: bad, servers: bad })).ok).toBe(
      true,
    );
  });
});

describe('a document without end', () => {
  it('of references to each other is cut at some depth', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const loop = { properties: Object.fromEntries(names.map((name) => [name, { $ref: '#/components/x' }])) };
    const schemas = { Thing: { $ref: '#/components/x' } };
    const document = { ...documentOf({}), components: { schemas, x: loop } };
    const rendered = render(document);
    if (!rendered.ok) throw new Error(rendered.problem);
    expect(rendered.content.length).toBeLessThan(5_000_000);
    expect(rendered.notes).toEqual(['The document is too large; what comes late in it is unknown.']);
  });

  it('of nested objects is cut at some depth', () => {
    let schema: unknown = { type: 'string' };
    for (let depth = 0; depth < 20_000; depth += 1) schema = { properties: { a: schema } };
    expect(declared({ Thing: schema })).toContain('unknown /* nested too deeply */');
  });

  it('of parameters that refer to themselves has none', () => {
    const components = { parameters: { A: { $ref: '#/components/parameters/A' } } };
    const paths = { '/a': { get: { parameters: [components.parameters.A] } } };
    expect(clientOf(operations(paths, { components }))).toContain('async getA(options: CallOptions = {})');
  });

  it('of schemas has types for the first ones', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `n${index}`);
    const properties = Object.fromEntries(many.map((name) => [name, { $ref: `#/components/schemas/${name}` }]));
    const parts = Array.from({ length: 5 }, (_, part) => ({
      properties: Object.fromEntries(Object.entries(properties).slice(part * 200, part * 200 + 200)),
    }));
    const schemas = { Thing: { allOf: parts }, ...Object.fromEntries(many.map((name) => [name, { const: name }])) };
    const rendered = render(documentOf(schemas));
    if (!rendered.ok) throw new Error(rendered.problem);
    expect(rendered.content.match(/^export type N\d+ =/gm)).toHaveLength(299);
    expect(rendered.notes).toEqual(['Only the first 300 schemas became types; the others are unknown.']);
  });

  it('of operations becomes a client of the first ones', () => {
    const paths = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`/${index}`, { get: {} }]));
    const rendered = render(operations(paths));
    if (!rendered.ok) throw new Error(rendered.problem);
    expect(rendered.content.match(/^ {4}async /gm)).toHaveLength(300);
    expect(rendered.notes).toEqual(['Only the first 300 operations became functions.']);
  });
});
