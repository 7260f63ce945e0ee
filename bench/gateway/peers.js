// Who our gateway is measured against, each as its own documentation starts it, told to send everything to one upstream.
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePort, installPeers } from '../support.js';
import { loadCore, onPath, start, work } from './world.js';

const packages = {
  'fast-gateway': '3.4.7',
  '@fastify/http-proxy': '11.6.3',
  fastify: '5.12.8',
  'http-proxy': '1.18.1',
};

/** Every peer that is installed; says which are not. */
export async function startPeers(upstream) {
  const directory = installPeers('gateways', packages);
  const node = (name, source) => startNode(join(directory, `${name}.mjs`), source);
  const started = {
    'fast-gateway': await node('fast-gateway', fastGateway(upstream)),
    '@fastify/http-proxy': await node('fastify', fastifyProxy(upstream)),
    'http-proxy': await node('http-proxy', httpProxy(upstream)),
  };
  const programs = { caddy: startCaddy, nginx: startNginxProxy, haproxy: startHaproxy };
  for (const [name, begin] of Object.entries(programs)) {
    if (onPath(name)) started[name] = await begin(upstream);
    else console.log(`${name} is not installed`);
  }
  return started;
}

const answer = JSON.stringify({ id: 'ord_0001', status: 'created', item: 'book', quantity: 1, note: 'eighty' });

/** Answers 80 bytes of JSON at once, on the load's core. */
export async function startUpstream() {
  if (onPath('nginx')) {
    const location = `location / { default_type application/json; return 200 '${answer}'; }`;
    return startNginx('upstream', { location, core: loadCore });
  }
  const server = createServer((_request, response) => response.end(answer)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { pid: process.pid, port: server.address().port };
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

/** With an agent that keeps connections: without one it opens one per request. */
function httpProxy(upstream) {
  return `import { Agent } from 'node:http';
import httpProxy from 'http-proxy';
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
httpProxy.createProxyServer({ target: 'http://127.0.0.1:${upstream}', agent, xfwd: true })
  .listen(Number(process.env.PORT), '127.0.0.1');`;
}

async function startNode(file, source) {
  const port = await freePort();
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

function startNginxProxy(upstream) {
  return startNginx('nginx', {
    up: `upstream up { server 127.0.0.1:${upstream}; keepalive 64; }`,
    location: 'location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; }',
  });
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

async function startHaproxy(upstream) {
  const port = await freePort();
  const file = join(work, 'haproxy.cfg');
  writeFileSync(
    file,
    `global
  nbthread 1
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 1s
  timeout client 60s
  timeout server 60s
frontend public
  bind 127.0.0.1:${port}
  default_backend orders
backend orders
  server one 127.0.0.1:${upstream}
`,
  );
  return start(port, ['haproxy', ['-db', '-f', file]]);
}
