// What filters in code cost the gateway per request: routes of one gateway with and without them take turns under load, so
// that a machine that drifts drifts for all. CPU time of the gateway's process at 32 connections, and the median of the
// time of a request when there is one at a time.
import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Pool } from 'undici';

import { ensureInstalled, root } from '../scripts/ensure-installed.js';
import { median, medianRatio } from './measure.js';

const rounds = Number(process.env.BENCH_ROUNDS ?? 7);
const requests = 4000;
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const work = mkdtempSync(join(tmpdir(), 'msa-bench-'));

const pre = 'pre(r, c) { r.headers.set("x-filter", c.filter) }';
const post = 'post(r, c) { r.headers.set("x-filter", c.filter) }';
const filters = {
  pre: `exports.default = { ${pre} }`,
  post: `exports.default = { ${post} }`,
  both: `exports.default = { ${pre}, ${post} }`,
  body: 'exports.default = { maxBodyBytes: 10000, post(r) { r.replaceJson({ ...r.json(), more: true }) } }',
  'second-pre': `exports.default = { ${pre} }`,
};
const routes = { plain: [], pre: ['pre'], post: ['post'], both: ['both'], body: ['body'], two: ['pre', 'second-pre'] };

ensureInstalled();
execFileSync(process.execPath, [join(root, 'scripts/build.js')], { stdio: ['ignore', 2, 2] });
const service = await startService();
const gateway = await startGateway(service.address().port);
process.on('exit', () => {
  gateway.child.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
});
const pool = new Pool(`http://127.0.0.1:${gateway.port}`, { connections: 32 });
const costs = Object.fromEntries(Object.keys(routes).map((name) => [name, { cpu: [], oneAtATime: [] }]));
for (let round = 0; round <= rounds; round += 1)
  for (const name of Object.keys(routes)) await measure(name, round > 0 ? costs[name] : { cpu: [], oneAtATime: [] });
for (const [name, { cpu, oneAtATime }] of Object.entries(costs)) {
  const ratio = medianRatio(cpu, costs.plain.cpu).toFixed(2);
  console.log(
    `${name.padEnd(6)} ${median(cpu).toFixed(0)} µs of CPU (${ratio} of plain), alone ${median(oneAtATime).toFixed(0)} µs`,
  );
}
process.exit(0);

async function measure(name, { cpu, oneAtATime }) {
  const before = cpuSeconds(gateway.child.pid);
  await Promise.all(Array.from({ length: 32 }, () => send(name, requests / 32)));
  cpu.push(((cpuSeconds(gateway.child.pid) - before) / requests) * 1e6);
  const times = [];
  for (let index = 0; index < 300; index += 1) {
    const startedAt = performance.now();
    await send(name, 1);
    times.push((performance.now() - startedAt) * 1000);
  }
  oneAtATime.push(median(times));
}

async function send(name, count) {
  for (let index = 0; index < count; index += 1) {
    const { statusCode, body } = await pool.request({ path: `/${name}/1`, method: 'GET' });
    await body.dump();
    if (statusCode !== 200) throw new Error(`/${name} answered ${statusCode}`);
  }
}

/** User and system time of all threads of a process. */
function cpuSeconds(pid) {
  const [, rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const fields = rest.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function startService() {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{"id":1,"item":"book","quantity":2,"status":"paid","amount":12.5,"currency":"EUR"}');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function useOf(name) {
  return { name, timeoutMs: 1000, onFailure: 'refuse', services: [] };
}

/** A gateway that knows its system from the state of a run before. */
async function startGateway(port) {
  const system = {
    workspace: 'bench-000000',
    name: 'bench',
    version: '1',
    services: [{ name: 'orders', health: { kind: 'tcp' } }],
    routes: Object.entries(routes).map(([name, names]) => ({
      path: `/${name}`,
      service: 'orders',
      timeoutMs: 5000,
      retryAttempts: 2,
      ...(names.length > 0 && { policy: { filters: names.map(useOf) } }),
    })),
    edges: [],
    gateway: { filters: Object.entries(filters).map(([name, code]) => ({ name, code, hash: name, source: '' })) },
  };
  const since = new Date().toISOString();
  const instance = {
    id: 'orders-1',
    service: 'orders',
    address: '127.0.0.1',
    port,
    draining: false,
    status: 'up',
    since,
  };
  const state = {
    type: 'state',
    epoch: 'bench',
    revision: 1,
    system,
    instances: [{ ...instance, source: 'engine', problem: '' }],
  };
  const stateFile = join(work, 'state.json');
  writeFileSync(stateFile, JSON.stringify(state));
  const child = spawn(process.execPath, [join(root, 'dist/programs/gateway.js')], {
    env: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', STATE_FILE: stateFile, LOG_LEVEL: 'error' },
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const line = await new Promise((resolve) => child.stdio[3].once('data', resolve));
  return { child, port: JSON.parse(line).listening.port };
}
