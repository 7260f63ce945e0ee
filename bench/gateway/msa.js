// Our gateway as `msa up` runs it, with its access log, told of its routes by a state file instead of a registry.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../../scripts/ensure-installed.js';
import { freePort } from '../support.js';
import { start, work } from './world.js';

let started = 0;

/**
 * @param {number} upstream
 * @param {{ policy?: object, gateway?: object, env?: Record<string, string>, headers?: Record<string, string>, core?: number }} options
 */
export async function startMsa(upstream, { policy, gateway, env = {}, headers = {}, core = 0 } = {}) {
  const [port, adminPort] = [await freePort(), await freePort()];
  const stateFile = join(work, `state-${(started += 1)}.json`);
  writeFileSync(stateFile, JSON.stringify(stateOf(upstream, { policy, gateway })));
  const variables = {
    PORT: String(port),
    HOST: '127.0.0.1',
    ADMIN_PORT: String(adminPort),
    INSTANCE_ID: 'gateway-1',
    // Nobody is there: it keeps to its last known state, as it does when the registry is away.
    REGISTRY_URL: 'http://127.0.0.1:9',
    REGISTRY_TOKEN: 'bench',
    STATE_FILE: stateFile,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    NODE_ENV: 'production',
    ...env,
  };
  const program = [process.execPath, [join(root, 'dist/programs/gateway.js')]];
  return { ...(await start(port, program, { env: variables, headers, core })), adminPort };
}

function stateOf(upstream, { policy, gateway }) {
  const route = { path: '/orders', service: 'orders', timeoutMs: 10_000, retryAttempts: 2 };
  const row = {
    id: 'orders-1',
    service: 'orders',
    address: '127.0.0.1',
    port: upstream,
    draining: false,
    status: 'up',
  };
  return {
    type: 'state',
    epoch: 'bench',
    revision: 1,
    system: {
      workspace: 'bench-000000',
      name: 'bench',
      version: '1',
      services: [{ name: 'orders', health: { kind: 'tcp' } }],
      routes: [policy === undefined ? route : { ...route, policy }],
      edges: [],
      ...(gateway && { gateway }),
    },
    instances: [{ ...row, since: new Date().toISOString(), source: 'engine', problem: '' }],
  };
}
