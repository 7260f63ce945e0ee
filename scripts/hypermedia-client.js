// A client that knows one address and follows links from there: no path, no state and no field is written here.
// The demo walks with it, and the tests drive every generated service with it.
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';

/**
 * @typedef {{ rel: string, method: string, href: string, title?: string, schema?: string, requires?: string[] }} Link
 * @typedef {{ status: number, headers: import('node:http').IncomingHttpHeaders, body: any }} Reply
 */

/**
 * Sends one request and reads the answer.
 * @param {string} method
 * @param {string} href
 * @param {{ headers?: Record<string, string>, body?: unknown }} [options]
 * @returns {Promise<Reply>}
 */
export function send(method, href, { headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const content = body === undefined ? {} : { 'content-type': 'application/json' };
    const outgoing = request(href, { method, headers: { ...content, ...headers }, timeout: 10_000 }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk) => (text += chunk));
      incoming.on('end', () => {
        const isJson = /json/.test(incoming.headers['content-type'] ?? '') && text !== '';
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: isJson ? JSON.parse(text) : text,
        });
      });
      incoming.on('error', reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${href} had no answer within 10 s`)));
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Reads a representation. @param {string} href */
export function get(href) {
  return send('GET', href);
}

/**
 * Does what the link `rel` of a representation offers, with the headers that it requires.
 * @param {Reply} from
 * @param {string} rel
 * @param {unknown} [body]
 */
export function follow(from, rel, body) {
  const link = linkOf(from, rel);
  if (link === undefined) throw new Error(`there is no link "${rel}", only ${relsOf(from).join(', ')}`);
  return send(link.method, link.href, { headers: requiredHeaders(link, from), body });
}

/**
 * The link of a relation, or undefined.
 * @param {Reply} from
 * @param {string} rel
 * @returns {Link | undefined}
 */
export function linkOf({ body }, rel) {
  return body.links.find((link) => link.rel === rel);
}

/** The relations that a representation offers. @param {Reply} from @returns {string[]} */
export function relsOf({ body }) {
  return body.links.map((link) => link.rel);
}

/**
 * @param {Link} link
 * @param {Reply} from
 */
function requiredHeaders({ requires = [] }, { headers }) {
  return {
    ...(requires.includes('If-Match') && { 'if-match': headers.etag ?? '' }),
    ...(requires.includes('Idempotency-Key') && { 'idempotency-key': `"${randomUUID()}"` }),
  };
}

/**
 * A body that the schema of a link accepts, made from that schema alone.
 * @param {Reply} from
 * @param {string} rel
 */
export async function sampleFor(from, rel) {
  const { schema } = linkOf(from, rel) ?? {};
  if (schema === undefined) return undefined;
  const { href, hash } = new URL(schema);
  const { body: document } = await get(href);
  const keys = decodeURIComponent(hash.slice(2)).split('/');
  return sampleOf(keys.reduce((value, key) => value[key], document));
}

function sampleOf(schema) {
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.type === 'object') {
    return Object.fromEntries((schema.required ?? []).map((name) => [name, sampleOf(schema.properties[name])]));
  }
  if (schema.type === 'array') return [sampleOf(schema.items)];
  const samples = {
    integer: 7,
    number: 1.5,
    boolean: true,
    date: '2026-01-31',
    'date-time': '2026-01-31T12:00:00Z',
    uuid: '123e4567-e89b-42d3-a456-426614174000',
    email: 'someone@example.com',
    uri: 'https://example.com/',
  };
  return samples[schema.format ?? schema.type] ?? 'sample';
}
