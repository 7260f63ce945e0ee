import { adminPaths } from '../../protocol/programs.ts';
import { registryPaths } from '../../protocol/registry-api.ts';
import { renderMetrics } from '../metrics.ts';
import type { Answer, Route } from './route.ts';

const ok: Answer = { kind: 'text', type: 'text/plain', text: 'ok\n' };
const alive = { 200: { description: 'It does.', type: 'text/plain' } };

/** What any program has: an entry, health, metrics. */
export const platformRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/',
    operationId: 'getEntry',
    summary: 'What there is, with links',
    answers: { 200: { description: 'Links by relation.', type: 'application/json' } },
    handle: () => ({ kind: 'json', value: { _links: entryLinks() } }),
  },
  {
    method: 'GET',
    path: adminPaths.live,
    operationId: 'isAlive',
    summary: 'Whether the registry runs',
    answers: alive,
    handle: () => ok,
  },
  {
    method: 'GET',
    path: adminPaths.ready,
    operationId: 'isReady',
    summary: 'Whether the registry takes requests',
    answers: alive,
    handle: () => ok,
  },
  {
    method: 'GET',
    path: adminPaths.metrics,
    operationId: 'getMetrics',
    summary: 'Figures for Prometheus',
    answers: { 200: { description: 'Metrics as Prometheus reads them.', type: 'text/plain' } },
    handle: async (parts) => ({ kind: 'text', ...(await renderMetrics(parts)) }),
  },
];

function entryLinks(): Readonly<Record<string, { readonly href: string }>> {
  const { system, instances, gateways, watch } = registryPaths;
  const links = {
    self: '/',
    system,
    instances,
    gateways,
    watch,
    'service-desc': '/openapi.json',
    metrics: adminPaths.metrics,
  };
  return Object.fromEntries(Object.entries(links).map(([relation, href]) => [relation, { href }]));
}
