import { en } from 'zod/locales';
import * as z from 'zod/mini';

import { namePattern } from '../protocol/names.ts';
import type { KeptSince, SourceTable } from '../protocol/registry-api.ts';
import { matchLimits } from '../protocol/route-match.ts';
import type { RouteMatches } from '../protocol/route-match.ts';
import type { GatewayStats } from '../protocol/stats.ts';
import type { System } from '../protocol/system.ts';
import type { GatewayReport } from '../protocol/watch.ts';

z.config(en());

/** How much of anything there may be: far above what runs on a laptop, and bounded. */
export const limits = { services: 200, routes: 1000, edges: 2000, instances: 1000, sources: 16, gateways: 64 } as const;

const name = z.string().check(z.regex(namePattern, 'must be lower-case letters, digits and hyphens, a letter first'));
const port = z.int().check(z.minimum(1), z.maximum(65_535));
const timeoutMs = z.int().check(z.minimum(1), z.maximum(3_600_000));
const retryAttempts = z.int().check(z.minimum(0), z.maximum(10));
const healthPath = z.string().check(z.regex(/^\/[^\s#]{0,400}$/, 'must be a path'));
const routePath = z.string().check(z.regex(/^\/[\w.~!$&'()+,;=@/-]{0,400}$/, 'must be a plain path'));

/** Identifies something in a path of the API: `engine`, `orders-1`, `gateway-1`, `shop-1f3a9c`. */
const identifierPattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/;
const identifier = z.string().check(z.regex(identifierPattern, 'must be letters, digits, `.`, `_` and `-`'));

export function isIdentifier(text: string): boolean {
  return identifierPattern.test(text);
}

const octet = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
/** Neither "any address" (0.x) nor multicast and what lies above it (224.x and more). */
const isUnicast = (address: string): boolean => !/^(?:0|22[4-9]|2[3-5]\d)\./.test(address);
const address = z
  .string()
  .check(
    z.regex(new RegExp(`^${octet}(?:\\.${octet}){3}$`), 'must be an IPv4 address'),
    z.refine(isUnicast, 'must be the address of one machine'),
  );

const text = (maxLength: number): z.ZodMiniString => z.string().check(z.maxLength(maxLength));

const protocol = z.exactOptional(z.enum(['http', 'h2c']));
const health = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('http'), live: healthPath, ready: healthPath }),
  z.strictObject({ kind: z.literal('tcp') }),
]);

const maxPolicyCharacters = 64 * 1024;
const maxGatewayPolicyCharacters = 4 * 1024 * 1024;

/** What goes on to the gateways as it is; only its size is our affair. */
function passedOn(maxCharacters: number): z.ZodMiniType<object> {
  const isBounded = (value: object): boolean => JSON.stringify(value).length <= maxCharacters;
  const message = `must have at most ${maxCharacters} characters as JSON`;
  return z.record(z.string(), z.unknown()).check(z.refine(isBounded, message));
}

const policy = z.exactOptional(passedOn(maxPolicyCharacters));

const conditions = z.exactOptional(z.record(text(matchLimits.nameCharacters), text(4000)));
const match = z.strictObject({
  path: routePath,
  exact: z.exactOptional(z.boolean()),
  methods: z.exactOptional(z.array(text(20)).check(z.maxLength(matchLimits.methods))),
  headers: conditions,
  query: conditions,
});

const route = z
  .strictObject({
    path: routePath,
    hosts: z.exactOptional(z.array(text(253)).check(z.maxLength(matchLimits.hosts))),
    matches: z.exactOptional(z.array(match).check(z.minLength(1), z.maxLength(matchLimits.matches))),
    service: z.exactOptional(name),
    timeoutMs,
    retryAttempts,
    policy,
  })
  .check(
    z.refine(
      ({ path, matches }) => matches !== undefined || path === '/' || !path.endsWith('/'),
      'must have no `/` at the end of its path',
    ),
  );

/** No two ask for the same; which of two that ask for different things takes a request is the gateway's affair. */
function areDifferent(routes: readonly RouteMatches[]): boolean {
  return (
    new Set(routes.map(({ path, hosts, matches }) => JSON.stringify([path, hosts, matches]))).size === routes.length
  );
}

export const systemSchema = z.strictObject({
  workspace: identifier,
  name,
  version: z.string().check(z.minLength(1), z.maxLength(200)),
  declaredPort: z.exactOptional(z.union([port, z.literal('auto')])),
  services: list(z.strictObject({ name, health, protocol }), limits.services, 'name'),
  routes: z
    .array(route)
    .check(z.maxLength(limits.routes), z.refine(areDifferent, 'must not have two that take the same')),
  edges: list(
    z.strictObject({ caller: name, callee: name, port, timeoutMs, retryAttempts, checkCaller: z.boolean(), policy }),
    limits.edges,
    'port',
  ),
  gateway: z.exactOptional(passedOn(maxGatewayPolicyCharacters)),
}) satisfies z.ZodMiniType<System>;

const instanceRecord = z.strictObject({
  id: identifier,
  service: name,
  address,
  port,
  draining: z.boolean(),
});

export const sourceTableSchema = z.strictObject({
  instances: list(instanceRecord, limits.instances, 'id'),
}) satisfies z.ZodMiniType<SourceTable>;

const keptSince = z.iso.datetime();

export const keptSinceSchema = z.strictObject({ keptSince }) satisfies z.ZodMiniType<KeptSince>;

const revision = z.int().check(z.minimum(0));

export const revisionSchema = z.strictObject({ epoch: identifier, revision });

const count = z.number().check(z.minimum(0));
const counts = z.record(text(100), count);
const label = text(600);
const maxTargets = limits.routes + limits.edges;

export const gatewayStatsSchema = z.strictObject({
  at: z.iso.datetime(),
  targets: z
    .array(
      z.strictObject({
        kind: z.enum(['route', 'edge']),
        name: label,
        service: label,
        inFlight: count,
        answers: counts,
        latencies: z.array(count).check(z.maxLength(50)),
        incidents: counts,
        circuit: z.exactOptional(z.enum(['open', 'half-open'])),
      }),
    )
    .check(z.maxLength(maxTargets)),
  instances: z
    .array(z.strictObject({ service: label, instance: label, inFlight: count, ejections: count }))
    .check(z.maxLength(limits.instances)),
  consumers: z
    .array(z.strictObject({ consumer: label, requests: count, refused: count, failed: count }))
    .check(z.maxLength(500)),
  utilization: count,
  residentBytes: count,
}) satisfies z.ZodMiniType<GatewayStats>;

export const gatewayReportSchema = z.strictObject({
  ...revisionSchema.shape,
  stats: z.exactOptional(gatewayStatsSchema),
}) satisfies z.ZodMiniType<GatewayReport>;

const instance = z.strictObject({
  ...instanceRecord.shape,
  status: z.enum(['starting', 'up', 'down', 'draining']),
  since: z.iso.datetime(),
  source: identifier,
  problem: text(200),
});

export const instancesSchema = z.strictObject({ epoch: identifier, revision, instances: z.array(instance) });

export const gatewaysSchema = z.strictObject({
  gateways: z.array(z.strictObject({ id: identifier, epoch: identifier, revision })),
});

export const watchMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('state'),
    epoch: identifier,
    revision,
    system: z.nullable(systemSchema),
    instances: z.array(instance),
    keptSince: z.exactOptional(keptSince),
  }),
  z.strictObject({ type: z.literal('heartbeat') }),
]);

/** What STATE_FILE holds. */
export const snapshotSchema = z.strictObject({
  format: z.literal(1),
  system: z.nullable(systemSchema),
  sources: z.record(identifier, sourceTableSchema),
  keptSince: z.exactOptional(keptSince),
});

/** What is wrong, each with its place: `services[0].name: must be …`. */
export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly string[] };

const maxProblems = 20;

/** Takes nothing on trust: unknown keys are problems too. */
export function check<Value>(schema: z.ZodMiniType<Value>, value: unknown): Checked<Value> {
  const { success, data, error } = z.safeParse(schema, value);
  if (success) return { ok: true, value: data };
  return {
    ok: false,
    problems: error.issues.slice(0, maxProblems).map(({ path, message }) => `${place(path)}${message}`),
  };
}

function place(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return steps === '' ? '' : `${steps.replace(/^\./, '')}: `;
}

/** A list without two items of the same key. */
function list<Item extends z.ZodMiniType<Record<Key, unknown>>, Key extends string>(
  item: Item,
  maxLength: number,
  key: Key,
): z.ZodMiniArray<Item> {
  const isUnique = (items: readonly Record<Key, unknown>[]): boolean =>
    new Set(items.map((entry) => entry[key])).size === items.length;
  return z.array(item).check(z.maxLength(maxLength), z.refine(isUnique, `must not have two of the same ${key}`));
}
