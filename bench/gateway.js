// What a proxied request costs the gateway in CPU time, beside other gateways doing the same: a plain route to one upstream
// that answers 80 bytes. All run at once and take turns under load, so that a machine that drifts drifts for all.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { ensureInstalled, root } from '../scripts/ensure-installed.js';
import { median, medianRatio } from './measure.js';
import { freePort, installPeers } from './support.js';

const rounds = Number(process.env.BENCH_ROUNDS ?? 15);
const connections = 32;
const npmPeers = { 'fast-gateway': '3.4.7', '@fastify/http-proxy': '11.6.3', fastify: '5.12.8' };
/** Most our gateway may cost, against each of the others. */
const goals = { caddy: 0.8, nginx: 4.5, 'fast-gateway': 0.55, '@fastify/http-proxy': 0.55 };
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

const children = [];
const work = mkdtempSync(join(tmpdir(), 'msa-bench-'));
process.on('exit', cleanUp);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

ensureInstalled();
execFileSync(process.execPath, [join(root, 'scripts/build.js')], { stdio: ['ignore', 2, 2] });
if (!onPath('wrk')) {
  console.log('wrk is not installed: it makes the load. On Debian: apt install wrk nginx-light caddy');
  process.exit(1);
}
const peers = installPeers('gateways', npmPeers);
print(measureInTurns(await startAll()));
process.exit(0);

async function startAll() {
  const upstream = await startUpstream();
  const started = {
    msa: await startMsa(upstream),
    'fast-gateway': await startNode('fast-gateway', fastGateway(upstream)),
    '@fastify/http-proxy': await startNode('fastify', fastifyProxy(upstream)),
  };
  if (onPath('caddy')) started.caddy = await startCaddy(upstream);
  if (onPath('nginx'))
    started.nginx = await startNginx('nginx', {
      up: `upstream up { server 127.0.0.1:${upstream}; keepalive 64; }`,
      location: 'location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; }',
    });
  for (const name of ['caddy', 'nginx']) if (started[name] === undefined) console.log(`${name} is not installed`);
  return started;
}

/** Microseconds of CPU per request, per gateway and round. */
function measureInTurns(started) {
  const names = Object.keys(started);
  const costs = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const { pid, port } = started[name];
      const before = cpuSeconds(pid);
      const requests = load(port);
      const cost = ((cpuSeconds(pid) - before) / requests) * 1e6;
      if (round > 0) costs[name].push(cost);
    }
  }
  return costs;
}

/** One second of load from the last core; how many requests were answered. */
function load(port) {
  const argv = pinned(cpus().length - 1, [
    'wrk',
    ['-t1', `-c${connections}`, '-d1s', `http://127.0.0.1:${port}/orders/1`],
  ]);
  const text = execFileSync(argv[0], argv[1], { encoding: 'utf8' });
  if (/Non-2xx/.test(text)) throw new Error(`answers were not 2xx on port ${port}:\n${text}`);
  return Number(/(\d+) requests in/.exec(text)[1]);
}

/** User and system time of a process and all its children, in seconds. */
function cpuSeconds(pid) {
  return descendants(pid).reduce((sum, id) => {
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1].split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  }, 0);
}

function descendants(pid) {
  const found = [pid];
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const fields = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1].split(' ');
      if (Number(fields[1]) === pid) found.push(...descendants(Number(entry)));
    } catch {
      // Ended meanwhile.
    }
  }
  return found;
}

async function startUpstream() {
  const body = JSON.stringify({ id: 'ord_0001', status: 'created', item: 'book', quantity: 1, note: 'eighty' });
  if (onPath('nginx')) {
    const location = `location / { default_type application/json; return 200 '${body}'; }`;
    const { port } = await startNginx('upstream', { location, core: 1 });
    return port;
  }
  const server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return server.address().port;
}

/** The gateway as `msa up` runs it, with its access log, told of the route by a state file. */
async function startMsa(upstream) {
  const [port, adminPort] = [await freePort(), await freePort()];
  const stateFile = join(work, 'state.json');
  writeFileSync(stateFile, JSON.stringify(stateOf(upstream)));
  const env = {
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
  };
  return start(port, [process.execPath, [join(root, 'dist/programs/gateway.js')]], { env });
}

function stateOf(upstream) {
  const now = new Date().toISOString();
  return {
    type: 'state',
    epoch: 'bench',
    revision: 1,
    system: {
      workspace: 'bench-000000',
      name: 'bench',
      version: '1',
      services: [{ name: 'orders', health: { kind: 'tcp' } }],
      routes: [{ path: '/orders', service: 'orders', timeoutMs: 10_000, retryAttempts: 2 }],
      edges: [],
    },
    instances: [
      {
        id: 'orders-1',
        service: 'orders',
        address: '127.0.0.1',
        port: upstream,
        draining: false,
        status: 'up',
        since: now,
        source: 'engine',
        problem: '',
      },
    ],
  };
}

function fastGateway(upstream) {
  return `import gateway from 'fast-gateway';
await gateway({ routes: [{ prefix: '/orders', prefixRewrite: '/orders', target: 'http://127.0.0.1:${upstream}' }] })
  .start(Number(process.env.PORT), '127.0.0.1');`;
}

function fastifyProxy(upstream) {
  return `import fastify from 'fastify';
import proxy from '@fastify/http-proxy';
const app = fastify();
await app.register(proxy, { upstream: 'http://127.0.0.1:${upstream}' });
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });`;
}

async function startNode(name, source) {
  const port = await freePort();
  const file = join(peers, `${name}.mjs`);
  writeFileSync(file, source);
  return start(port, [process.execPath, [file]], { env: { PORT: String(port), NODE_ENV: 'production' } });
}

async function startCaddy(upstream) {
  const port = await freePort();
  const file = join(work, 'Caddyfile');
  writeFileSync(
    file,
    `{\n  admin off\n  log {\n    level ERROR\n  }\n}\nhttp://:${port} {\n  reverse_proxy 127.0.0.1:${upstream}\n}\n`,
  );
  const argv = ['run', '--config', file, '--adapter', 'caddyfile'];
  const env = { GOMAXPROCS: '1', HOME: work, XDG_DATA_HOME: work, XDG_CONFIG_HOME: work };
  return start(port, ['caddy', argv], { env });
}

async function startNginx(name, { location, up = '', core = 0 }) {
  const port = await freePort();
  const file = join(work, `${name}.conf`);
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${work}/${name}.pid; error_log stderr crit;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000; ${up}
  client_body_temp_path ${work}/${name}-a; proxy_temp_path ${work}/${name}-b; fastcgi_temp_path ${work}/${name}-c;
  uwsgi_temp_path ${work}/${name}-d; scgi_temp_path ${work}/${name}-e;
  server { listen 127.0.0.1:${port}; ${location} } }`,
  );
  return start(port, ['nginx', ['-c', file, '-p', work]], { core });
}

async function start(port, command, { env = {}, core = 0 }) {
  const [program, argv] = pinned(core, command);
  const child = spawn(program, argv, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
  children.push(child);
  for (const deadline = Date.now() + 20_000; ;) {
    const answered = await fetchStatus(port);
    if (answered === 200) return { pid: child.pid, port };
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new Error(`${command[0]} ${command[1].join(' ')} does not answer (${answered})`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function fetchStatus(port) {
  const { request } = await import('undici');
  try {
    const { statusCode, body } = await request(`http://127.0.0.1:${port}/orders/1`);
    await body.dump();
    return statusCode;
  } catch {
    return 0;
  }
}

/** On a core of its own where the system can do that: who makes the load must not take the gateway's time. */
function pinned(core, [program, argv]) {
  return onPath('taskset') && cpus().length > 1 ? ['taskset', ['-c', String(core), program, ...argv]] : [program, argv];
}

function print(measured) {
  const names = Object.keys(measured);
  console.log(`\nCPU per proxied request (Node ${process.version}, ${cpus().length} cores, ${rounds} rounds)`);
  console.table(
    names.map((name) => ({
      gateway: name,
      'median µs': median(measured[name]).toFixed(0),
      'best µs': Math.min(...measured[name]).toFixed(0),
      'msa / it': medianRatio(measured.msa, measured[name]).toFixed(2),
    })),
  );
  for (const [name, goal] of Object.entries(goals)) {
    if (measured[name] === undefined) continue;
    const ratio = medianRatio(measured.msa, measured[name]);
    console.log(`${ratio <= goal ? 'met   ' : 'MISSED'} msa <= ${goal} x ${name}: ${ratio.toFixed(2)}`);
  }
}

function onPath(program) {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  return directories.some((directory) => existsSync(join(directory, program)));
}

function cleanUp() {
  for (const child of children) child.kill('SIGTERM');
  rmSync(work, { recursive: true, force: true });
}
