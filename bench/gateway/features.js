// Our own gateway with what a real route has: tokens checked, a limit per user, a circuit breaker, metrics and the access log.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';

import { exportJWK, SignJWT } from 'jose';

import { freePort } from '../support.js';
import { startMsa } from './msa.js';
import { loadCore, onPath, start } from './world.js';

const issuer = 'https://bench.example.com';
const audience = 'bench';

/** By name; each with the header fields its requests need. */
export async function startWithFeatures(upstream) {
  const { jwks, token } = await issueToken();
  const headers = { authorization: `Bearer ${token}` };
  const gateway = { auth: authOf(jwks) };
  const redisUrl = await startRedis();
  const begin = async (policy, env = {}) => ({
    ...(await startMsa(upstream, { policy, gateway, env, headers })),
    headers,
  });
  const started = { 'token alone': await begin({ auth }) };
  if (redisUrl === undefined) {
    console.log('redis-server is not installed: limits are counted in the gateway alone');
    return { ...started, 'all on, leased': await begin({ auth, breaker, rateLimit: [limit(false)] }) };
  }
  const env = { REDIS_URL: redisUrl };
  return {
    ...started,
    'all on, leased': await begin({ auth, breaker, rateLimit: [limit(false)] }, env),
    'all on, exact': await begin({ auth, breaker, rateLimit: [limit(true)] }, env),
  };
}

const auth = { mode: 'required', scopes: [], roles: [], methods: {}, forwardToken: true };

const breaker = {
  window: { ms: 10_000 },
  minimum: 20,
  failureRate: 0.5,
  slowRate: 0.5,
  slowAfterMs: 5000,
  openMs: 5000,
  probes: 3,
};

/** More than the load can ever use up. */
function limit(exact) {
  const most = 10_000_000;
  return {
    name: 'default',
    shared: false,
    by: 'user',
    limit: most,
    perMs: 1000,
    burst: most,
    kind: 'rate',
    exact,
    whenRedisIsGone: 'local',
  };
}

function authOf(url) {
  return {
    issuers: [
      {
        keys: { kind: 'url', url },
        issuer,
        audience: [audience],
        algorithms: ['ES256'],
        clockSkewMs: 30_000,
        refreshMs: 600_000,
        keepMs: 86_400_000,
        rolesClaim: ['roles'],
        scopesClaim: ['scope'],
      },
    ],
    keys: [],
  };
}

async function issueToken() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES256', use: 'sig' };
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: [key] }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  server.unref();
  const token = await new SignJWT({ scope: 'orders:read', roles: ['clerk'] })
    .setProtectedHeader({ alg: 'ES256', kid: 'bench' })
    .setSubject('user-1')
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime('2h')
    .sign(privateKey);
  return { jwks: `http://127.0.0.1:${server.address().port}/keys`, token };
}

/** On the load's core: what Redis itself costs is not the gateway's. */
async function startRedis() {
  if (!onPath('redis-server')) return undefined;
  const port = await freePort();
  const argv = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  await start(port, ['redis-server', argv], { core: loadCore, isUp: speaksRedis });
  return `redis://127.0.0.1:${port}`;
}

async function speaksRedis(port) {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
