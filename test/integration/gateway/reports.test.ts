import { getGlobalDispatcher } from 'undici';
import { expect, test } from 'vitest';

import { get } from '../../../scripts/hypermedia-client.js';
import { Log } from '../../../src/gateway/observe/log.ts';
import { Reporter } from '../../../src/gateway/state/report-applied.ts';
import type { GatewayStats } from '../../../src/protocol/stats.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { put, send, startRegistry, token } from '../registry/support/registry.ts';
import { recordOf } from '../registry/support/fake-service.ts';
import { startFakeRegistry, token as fakeToken } from './fake-registry.ts';
import { route, startGateway, startUpstream, stateOf } from './support.ts';

test('a registry that takes no such counts knows which state is applied all the same', async () => {
  await using registry = await startFakeRegistry();
  const said: string[] = [];
  const reporter = new Reporter({
    registryUrl: registry.url,
    dispatcher: getGlobalDispatcher(),
    token: fakeToken,
    instanceId: 'gateway-1',
    log: new Log('warn', (text) => said.push(text)),
    stats: async () => ({
      at: 'some day',
      targets: [],
      instances: [],
      consumers: [],
      utilization: 0,
      residentBytes: 0,
    }),
  });
  reporter.report({ epoch: 'epoch-1', revision: 7 });
  await waitUntil('it is told', async () => registry.reports.length > 0);
  expect(registry.reports[0]).toEqual({ epoch: 'epoch-1', revision: 7 });
  await reporter.close();
  expect(said.join('')).toContain('the registry answered with 422');
});

test('the registry takes what a gateway reports of open circuits and of routes with long names', async () => {
  await using upstream = await startUpstream((_request, response) => void response.writeHead(500).end());
  await using registry = await startRegistry();
  const breaker = { window: { requests: 4 }, minimum: 4, failureRate: 0.5, openMs: 60_000, probes: 3 } as const;
  const hosts = Array.from({ length: 40 }, (_, index) => `shop-number-${index}.example.com`);
  const routes = [
    route('/a', 'a', { policy: { breaker } }),
    route('/b', 'a', { hosts }),
    route('/b', 'a', { hosts: [...hosts, 'other.example.com'] }),
  ];
  const { system } = stateOf({ routes });
  await put(`${registry.url}/v1/system`, system);
  await put(`${registry.url}/v1/sources/engine`, { instances: [recordOf('a-1', upstream)] });
  await using gateway = await startGateway(stateOf({}), { registry: { url: registry.url, token } });
  await waitUntil('the circuit is open', async () => {
    return (await get(`${gateway.url}/a`)).headers['x-msa-error'] === 'circuit-open';
  });
  await waitUntil('the registry knows', async () => {
    const { json } = await send(`${registry.url}/v1/gateways/gateway-1/stats`, 'GET');
    const targets = (json as GatewayStats | undefined)?.targets ?? [];
    expect(new Set(targets.map(({ name }) => name)).size).toBe(3);
    return targets[0]?.circuit === 'open';
  });
  expect(gateway.log().filter(({ msg }) => msg === 'report failed')).toEqual([]);
});
