import { expect, test } from 'vitest';

import { get } from '../../../scripts/hypermedia-client.js';
import type { GatewayStats } from '../../../src/protocol/stats.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { put, send, startRegistry, token } from '../registry/support/registry.ts';
import { recordOf } from '../registry/support/fake-service.ts';
import { route, startGateway, startUpstream, stateOf } from './support.ts';

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
