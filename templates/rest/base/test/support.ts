import type { FastifyInstance, InjectOptions } from 'fastify';
import { pino } from 'pino';
import { createApp } from '../src/app.ts';
import type { AppParts } from '../src/app.ts';
import type { Link } from '../src/links.ts';
import type { Field, Resource } from '../src/resource.ts';
import { resource, service } from '../src/service.ts';
import { createMemoryStore } from '../src/stores/memory.ts';
import { storeAddress } from '../src/stores/open.ts';

/** The least that the service needs to start; nothing listens at these addresses. */
export const environment: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    service.calls.map((name) => [`${name.toUpperCase().replaceAll('-', '_')}_URL`, 'http://127.0.0.1:1']),
  ),
  ...(storeAddress && { [storeAddress.variable]: `${storeAddress.protocols[0]}//127.0.0.1:1` }),
};

export const collection = `/${resource.plural}`;
export const declared: Resource = resource;

/** A service on an empty store, without your rules: these tests are about what every service does. */
export function createTestApp(parts: Partial<AppParts<typeof resource>> = {}): FastifyInstance {
  return createApp({
    resource,
    rules: {},
    store: createMemoryStore(),
    config: { trusts: () => false, publicUrl: undefined },
    log: pino({ level: 'silent' }),
    lifecycle: { isDraining: false },
    ...parts,
  });
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The parsed body, or {} when there is none. */
  readonly body: any;
  readonly etag: string;
}

/** Sends a request; a POST gets a new Idempotency-Key unless it brings one. */
export async function send(
  app: FastifyInstance,
  method: string,
  url: string,
  options: Omit<InjectOptions, 'method' | 'url'> = {},
): Promise<Reply> {
  const key = method === 'POST' ? { 'idempotency-key': newKey() } : {};
  const request = { ...options, method, url, headers: { ...key, ...options.headers } } as InjectOptions;
  const { statusCode, headers, body } = await app.inject(request);
  const isJson = /json/.test(String(headers['content-type'])) && body !== '';
  return {
    status: statusCode,
    headers,
    text: body,
    body: isJson ? JSON.parse(body) : {},
    etag: String(headers['etag']),
  };
}

let keys = 0;
export function newKey(): string {
  keys += 1;
  return `"key-${process.pid}-${keys}"`;
}

/** A draft that the declaration accepts. */
export function sampleDraft(): Record<string, unknown> {
  return Object.fromEntries(Object.entries(declared.fields).map(([name, field]) => [name, sampleValue(field)]));
}

export function sampleValue(field: Field): unknown {
  const samples = {
    string: 'sample',
    text: 'Some text',
    int: 7,
    number: 1.5,
    boolean: true,
    date: '2026-01-31',
    datetime: '2026-01-31T12:00:00Z',
    uuid: '123e4567-e89b-42d3-a456-426614174000',
    email: 'someone@example.com',
    url: 'https://example.com/',
  };
  const value = field.type === 'enum' ? field.values[0] : samples[field.type];
  return field.list === true ? [value] : value;
}

export async function create(app: FastifyInstance): Promise<Reply> {
  return send(app, 'POST', collection, { payload: sampleDraft() });
}

/** Does what a link says, with what it requires. */
export async function follow(app: FastifyInstance, link: Pick<Link, 'method' | 'href'>, etag: string): Promise<Reply> {
  const { pathname, search } = new URL(link.href, 'http://localhost');
  const payload = link.method === 'PUT' ? { payload: sampleDraft() } : {};
  return send(app, link.method, pathname + search, { headers: { 'if-match': etag }, ...payload });
}
