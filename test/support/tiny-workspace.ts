import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { workspaceId } from '../../src/model/workspace-id.ts';
import { docker, hasDocker } from './docker.ts';
import { spawnMsa, type Ended, type MsaProcess } from './msa-process.ts';
import { tempDir } from './temp-dir.ts';

/**
 * A service without dependencies that starts at once and does what its variables say, for tests of what runs services:
 * EXIT ends it with that code, DEAF_TO_SIGTERM makes it hard to stop, SICK keeps it unhealthy, LISTEN_ON and LISTEN_AT
 * make it listen where nobody looks, SLOW delays every answer by so many milliseconds.
 */
const program = `
const http = require('node:http');
const { readFileSync } = require('node:fs');
const { env } = process;
const version = readFileSync(__dirname + '/version.txt', 'utf8').trim();
if (env.EXIT) { console.error('ending with ' + env.EXIT); process.exit(Number(env.EXIT)); }
let leaving = false;
const server = http.createServer((request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  if (request.url === '/health/live') return answer(200, {});
  if (request.url === '/health/ready') return answer(leaving || env.SICK ? 503 : 200, {});
  const me = { service: env.SERVICE_NAME, instance: env.INSTANCE_ID, version, pid: process.pid };
  const callee = /^\\/[^/]+\\/through\\/([^/?]+)/.exec(request.url);
  if (!callee) return void setTimeout(answer, Number(env.SLOW || 0), 200, me);
  const url = env[callee[1].toUpperCase().replaceAll('-', '_') + '_URL'] + '/' + callee[1];
  http.get(url, (reply) => {
    let text = '';
    reply.on('data', (chunk) => (text += chunk));
    reply.on('end', () => answer(reply.statusCode, { ...me, callee: JSON.parse(text) }));
  }).on('error', (error) => answer(502, { error: error.message }));
});
server.listen(Number(env.LISTEN_ON || env.PORT), env.LISTEN_AT || env.HOST, () => console.log('serving ' + version));
process.on('SIGTERM', () => {
  if (env.DEAF_TO_SIGTERM) return;
  leaving = true;
  setTimeout(() => { server.close(() => process.exit(0)); server.closeIdleConnections(); }, 300);
});
`;

const dockerfile = `FROM node:24-slim
WORKDIR /app
COPY . .
USER node
CMD ["node", "server.cjs"]
`;

export interface TinyService {
  readonly calls?: readonly string[];
  readonly replicas?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly store?: 'memory' | 'redis' | 'postgres';
}

export type TinyWorkspace = Awaited<ReturnType<typeof tinyWorkspace>>;

/**
 * A workspace of such services, each with the route of its name, in a directory of its own. At the end of its
 * `await using` scope whatever runs of it is stopped and the directory is gone.
 */
export async function tinyWorkspace(services: Readonly<Record<string, TinyService>>, { name = 'tiny' } = {}) {
  const dir = await tempDir();
  const root = join(dir.path, name);
  const path = (...segments: readonly string[]): string => join(root, ...segments);
  const declare = (next: Readonly<Record<string, TinyService>>): Promise<void> =>
    writeFile(path('msa.yaml'), render(name, next));
  await mkdir(root);
  for (const service of Object.keys(services)) {
    await mkdir(path(service));
    await writeFile(path(service, 'server.cjs'), program);
    await writeFile(path(service, 'Dockerfile'), dockerfile);
    await writeFile(path(service, 'version.txt'), '1\n');
  }
  await declare(services);
  const start = (...argv: readonly string[]): MsaProcess => spawnMsa(root, argv);
  return {
    root,
    path,
    /** Writes msa.yaml anew. */
    declare,
    write: (file: string, text: string) => writeFile(path(file), text),
    remove: (file: string) => rm(path(file), { recursive: true }),
    start,
    /** Runs msa to its end. */
    run: (...argv: readonly string[]): Promise<Ended> => start(...argv).ended,
    /** Runs msa and fails the test when it does not succeed. */
    done: async (...argv: readonly string[]): Promise<Ended> => {
      const ended = await start(...argv).ended;
      if (ended.code !== 0)
        throw new Error(`msa ${argv.join(' ')} ended with ${ended.code}:\n${ended.stdout}${ended.stderr}`);
      return ended;
    },
    [Symbol.asyncDispose]: async () => {
      // A test may have taken the folder away, or made msa.yaml unreadable.
      await mkdir(root, { recursive: true });
      await declare(services);
      await start('down', '--volumes').ended;
      await removeImages(workspaceId(name, root, sha256));
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** `down` keeps them, for the next time; of a test there is none. */
async function removeImages(workspace: string): Promise<void> {
  if (!hasDocker) return;
  const ids = await docker('image', 'ls', '--quiet', '--filter', `label=msa.workspace=${workspace}`);
  if (ids !== '') await docker('rmi', '--force', ...new Set(ids.split('\n')));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Every system takes any free port, so that tests can run side by side. */
function render(name: string, services: Readonly<Record<string, TinyService>>): string {
  const blocks = Object.entries(services).map(([service, { calls = [], replicas = 1, env = {}, store = 'memory' }]) =>
    [
      `  ${service}:`,
      `    path: ${service}`,
      '    command: node server.cjs',
      `    replicas: ${replicas}`,
      `    store: ${store}`,
      `    calls: [${calls.join(', ')}]`,
      `    routes: [{ path: /${service} }]`,
      `    env: ${JSON.stringify(env)}`,
    ].join('\n'),
  );
  return `name: ${name}\ngateway: { port: auto }\nservices:\n${blocks.join('\n')}\n`;
}
