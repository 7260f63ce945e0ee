import type { GatewaysAnswer, InstancesAnswer } from '../../protocol/registry-api.ts';
import {
  gatewayReportSchema,
  gatewaysSchema,
  gatewayStatsSchema,
  instancesSchema,
  isIdentifier,
  keptSinceSchema,
  revisionSchema,
  sourceTableSchema,
  systemSchema,
  watchMessageSchema,
} from '../schemas.ts';
import { Conflict, type Store } from '../store.ts';
import { Problem } from './problem.ts';
import { withBody, type Answer, type Input, type Route } from './route.ts';

const systemBody = { name: 'System', schema: systemSchema };
const sourceBody = { name: 'SourceTable', schema: sourceTableSchema };
const applied = {
  description: 'What the registry is at now.',
  body: { name: 'Revision', schema: revisionSchema },
};

/** The system, its instances and its gateways. */
export const apiRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/system',
    operationId: 'getSystem',
    summary: 'The services, routes and edges of the system',
    answers: { 200: { description: 'The system.', body: systemBody } },
    handle: ({ store }, input) => {
      if (store.system === null) throw new Problem(404, 'no system has been put yet');
      return tagged(store, input, store.system);
    },
  },
  {
    method: 'PUT',
    path: '/v1/system',
    operationId: 'putSystem',
    summary: 'Replace the system',
    answers: { 200: applied },
    ...withBody('System', systemSchema, ({ store }, system) => {
      store.putSystem(system);
      return revisionOf(store);
    }),
  },
  {
    method: 'GET',
    path: '/v1/instances',
    operationId: 'listInstances',
    summary: 'Every instance with its health',
    answers: { 200: { description: 'The table.', body: { name: 'Instances', schema: instancesSchema } } },
    handle: ({ store }, input) => {
      const { epoch, revision, instances } = store;
      return tagged(store, input, { epoch, revision, instances } satisfies InstancesAnswer);
    },
  },
  {
    method: 'GET',
    path: '/v1/sources/{name}',
    operationId: 'getSource',
    summary: 'What a source has told',
    answers: { 200: { description: 'Its table.', body: sourceBody } },
    handle: ({ store }, { params }) => {
      const table = store.source(param(params, 'name'));
      if (table === undefined) throw new Problem(404, 'there is no such source');
      return { kind: 'json', value: table };
    },
  },
  {
    method: 'PUT',
    path: '/v1/sources/{name}',
    operationId: 'putSource',
    summary: 'Replace all that a source tells; what the table leaves out is gone',
    answers: { 200: applied },
    ...withBody('SourceTable', sourceTableSchema, ({ store }, table, params) => {
      putSource(store, param(params, 'name'), table);
      return revisionOf(store);
    }),
  },
  {
    method: 'DELETE',
    path: '/v1/sources/{name}',
    operationId: 'removeSource',
    summary: 'Forget a source with its instances',
    answers: { 204: { description: 'There is no such source now.' } },
    handle: ({ store }, { params }) => {
      store.removeSource(param(params, 'name'));
      return { kind: 'empty', status: 204 };
    },
  },
  {
    method: 'PUT',
    path: '/v1/kept-since',
    operationId: 'putKeptSince',
    summary: 'Have all gateways forget the answers they have kept so far',
    answers: { 200: applied },
    ...withBody('KeptSince', keptSinceSchema, ({ store }, { keptSince }) => {
      store.putKeptSince(keptSince);
      return revisionOf(store);
    }),
  },
  {
    method: 'GET',
    path: '/v1/gateways',
    operationId: 'listGateways',
    summary: 'The gateways that have reported lately, and what each has applied',
    answers: { 200: { description: 'The gateways.', body: { name: 'Gateways', schema: gatewaysSchema } } },
    handle: ({ gateways }) => ({ kind: 'json', value: { gateways: gateways.list() } satisfies GatewaysAnswer }),
  },
  {
    method: 'GET',
    path: '/v1/gateways/{id}/stats',
    operationId: 'getGatewayStats',
    summary: 'What a gateway had counted when it last reported',
    answers: { 200: { description: 'Its counts.', body: { name: 'GatewayStats', schema: gatewayStatsSchema } } },
    handle: ({ gateways }, { params }) => {
      const stats = gateways.stats(param(params, 'id'));
      if (stats === undefined) throw new Problem(404, 'no such gateway has reported lately');
      return { kind: 'json', value: stats };
    },
  },
  {
    method: 'PUT',
    path: '/v1/gateways/{id}',
    operationId: 'reportGateway',
    summary: 'Tell which state a gateway has applied; holds for a few seconds',
    answers: { 204: { description: 'Noted.' } },
    ...withBody('GatewayReport', gatewayReportSchema, ({ gateways }, report, params) => {
      if (!gateways.report(param(params, 'id'), report)) throw new Problem(409, 'there are too many gateways');
      return { kind: 'empty', status: 204 };
    }),
  },
  {
    method: 'DELETE',
    path: '/v1/gateways/{id}',
    operationId: 'forgetGateway',
    summary: 'Tell that a gateway follows no more, because it ends',
    answers: { 204: { description: 'There is no such gateway now.' } },
    handle: ({ gateways }, { params }) => {
      gateways.leave(param(params, 'id'));
      return { kind: 'empty', status: 204 };
    },
  },
  {
    method: 'GET',
    path: '/v1/watch',
    operationId: 'watch',
    summary: 'The whole state now and after each change, one JSON document per line',
    answers: {
      200: {
        description: 'A stream of states and heartbeats that ends when either side closes it.',
        type: 'application/x-ndjson',
        body: { name: 'WatchMessage', schema: watchMessageSchema },
      },
    },
    handle: ({ watchers }) => {
      if (watchers.isFull)
        throw new Problem(503, 'too many readers watch already', { headers: { 'retry-after': '5' } });
      return { kind: 'stream', start: (response) => watchers.add(response) };
    },
  },
];

/** An answer that the client may keep until the next change. */
function tagged({ epoch, revision }: Store, { knownTag }: Input, value: unknown): Answer {
  const tag = `"${epoch}.${revision}"`;
  return knownTag === tag ? { kind: 'empty', status: 304 } : { kind: 'json', value, tag };
}

function revisionOf({ epoch, revision }: Store): Answer {
  return { kind: 'json', value: { epoch, revision } };
}

function param(params: Input['params'], name: string): string {
  const value = params[name] ?? '';
  if (isIdentifier(value)) return value;
  throw new Problem(400, `{${name}} must be letters, digits, \`.\`, \`_\` and \`-\``);
}

function putSource(store: Store, name: string, table: Parameters<Store['putSource']>[1]): void {
  try {
    store.putSource(name, table);
  } catch (error) {
    if (error instanceof Conflict) throw new Problem(409, error.message);
    throw error;
  }
}
