import * as z from 'zod/mini';

import { fieldNamePattern, fieldValuePattern, isReservedField } from '../../../protocol/policies/header-changes.ts';
import { matchLimits as most } from '../../../protocol/route-match.ts';
import { exactPathProblem, routePathPattern, routePathProblem } from '../route-path.ts';
import { documented, mapping, text } from '../schema-parts.ts';

const hostPattern =
  /^(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?){0,20}$/;
const methodPattern = /^[A-Z]{1,20}$/;
const notPassedOn: ReadonlySet<string> = new Set(['CONNECT', 'TRACE']);

const list = (example: string) => ({ error: `must be a list such as \`${example}\`` });

/** Which requests a match takes; each key has a schema of its own wherever it stands. */
function createMatchKeys() {
  return {
    path: documented(z.optional(text(routePathPattern, routePathProblem)), {
      description: 'The public path. It takes everything below it too; the longest fitting route wins.',
      examples: ['/users'],
    }),
    exact: documented(z.optional(text(routePathPattern, exactPathProblem)), {
      description: 'A public path without what is below it. It wins over every `path`.',
      examples: ['/users/me'],
    }),
    methods: documented(z.nullish(severalMethods()), {
      description: 'Only requests with one of these methods.',
      examples: [['GET', 'HEAD']],
    }),
    headers: documented(z.nullish(conditions(headerValue, '{ x-version: "2" }', headerNameProblem)), {
      description: 'Only requests with these header fields. Names in any case, values as a whole.',
      examples: [{ 'x-version': '2' }],
    }),
    query: documented(z.nullish(conditions(queryValue, '{ beta: "1" }', () => undefined)), {
      description: 'Only requests with these parameters in the query. Of a repeated one the first value counts.',
      examples: [{ beta: '1' }],
    }),
  };
}

const match = mapping(createMatchKeys(), 'must be a mapping such as `{ path: /users, methods: [GET] }`');

/** Which requests a route takes, in the words of Gateway API's HTTPRoute. */
export const matchKeys = {
  ...createMatchKeys(),
  host: documented(z.optional(oneOrSeveralHosts()), {
    description: 'Only requests to this host, or one of these. `*.example.com` takes every host below `example.com`.',
    examples: ['api.example.com', ['example.com', '*.example.com']],
  }),
  matches: documented(z.optional(severalMatches()), {
    description: 'Several ways in, any of which will do, instead of `path`, `exact`, `methods`, `headers` and `query`.',
  }),
};

export type WrittenMatch = z.infer<typeof match>;

function headerValue() {
  return text(fieldValuePattern, (value) =>
    fieldValuePattern.test(value) ? undefined : 'must be printable ASCII without spaces at its ends',
  );
}

function queryValue() {
  return text(/^.{0,1000}$/s, (value) => (value.length <= 1000 ? undefined : 'must have at most 1000 characters'));
}

function conditions(
  value: () => ReturnType<typeof text>,
  example: string,
  problem: (name: string) => string | undefined,
) {
  const error = `must be a mapping such as \`${example}\``;
  const reason = (record: unknown): string | undefined =>
    Object.keys(record ?? {})
      .map((name) => problem(name))
      .find((found) => found !== undefined);
  return z.record(z.string(), value(), { error }).check(
    z.refine((record) => reason(record) === undefined, { error: ({ input }) => reason(input) ?? error }),
    z.refine((record) => Object.keys(record).length <= 16, { error: 'must have at most 16 names' }),
    z.refine((record) => Object.keys(record).every((name) => name.length <= most.nameCharacters), {
      error: `must have names of at most ${most.nameCharacters} characters`,
    }),
  );
}

/** What keeps a text from being the name of a field that `msa.yaml` may speak of; undefined when nothing. */
export function headerNameProblem(name: string): string | undefined {
  if (!fieldNamePattern.test(name)) return `must have names of header fields as keys, which \`${name}\` is none of`;
  if (!isReservedField(name.toLowerCase())) return undefined;
  return `must leave \`${name}\` out, which belongs to the connection or to the gateway`;
}

function methodProblem(method: string): string | undefined {
  if (notPassedOn.has(method)) return 'must be another method: the gateway does not pass this one on';
  return methodPattern.test(method) ? undefined : 'must be a method in capitals, such as `GET`';
}

/** The same for a field by which requests are recognised; who they are from is in fields of the gateway's own. */
export function recognisedFieldProblem(name: string): string | undefined {
  if (!fieldNamePattern.test(name)) return 'must be the name of a header field';
  const lower = name.toLowerCase();
  if (!isReservedField(lower) || lower.startsWith('x-msa-')) return undefined;
  return 'must be another field: this one belongs to the connection, or the gateway itself writes it';
}

/** What keeps a text from being a host; undefined when nothing. */
export function hostProblem(host: string): string | undefined {
  if (host.length <= 253 && hostPattern.test(host)) return undefined;
  if (host.includes(':')) return 'must be a host without scheme and port, such as `api.example.com`';
  return 'must be a host such as `api.example.com` or `*.example.com`';
}

function hostsError({ input }: { readonly input?: unknown }): string {
  const hosts: unknown[] = Array.isArray(input) ? input : [input];
  const reasons = hosts.map((host) => (typeof host === 'string' ? hostProblem(host) : undefined));
  if (Array.isArray(input) && input.length === 0) return 'must have at least one host';
  return (
    reasons.find((reason) => reason !== undefined) ?? 'must be a host such as `api.example.com`, or a list of hosts'
  );
}

function severalMethods() {
  return z
    .array(text(methodPattern, methodProblem), list('[GET, HEAD]'))
    .check(
      z.refine((methods) => methods.length <= most.methods, { error: `must have at most ${most.methods} methods` }),
    );
}

function oneOrSeveralHosts() {
  return z.union([z.string(), z.array(z.string())], { error: hostsError }).check(
    z.refine((written) => (typeof written === 'string' ? [written] : written).every((host) => !hostProblem(host)), {
      error: hostsError,
    }),
    z.refine((written) => written.length > 0, { error: hostsError }),
    z.refine((written) => typeof written === 'string' || written.length <= most.hosts, {
      error: `must have at most ${most.hosts} hosts`,
    }),
  );
}

function severalMatches() {
  return z.array(match, list('[{ path: /users, methods: [GET] }]')).check(
    z.refine((items) => items.length > 0 && items.length <= most.matches, {
      error: `must have 1 to ${most.matches} matches`,
    }),
  );
}
