// `npm run demo`: the main job from nothing, with the real command line, in a directory that is gone afterwards.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureInstalled, root } from './ensure-installed.js';
import { follow, get, linkOf, sampleFor } from './hypermedia-client.js';

const bold = (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\u001b[1m${text}\u001b[22m` : text);
const say = (text) => console.log(`\n${bold(text)}`);
const running = new Set();
const directory = mkdtempSync(join(tmpdir(), 'msa-demo-'));
process.on('exit', cleanUp);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

ensureInstalled();
run(process.execPath, [join(root, 'scripts/build.js')], root);

say('1. A complete shop from an empty folder: users, payments, and orders that calls both');
msa(directory, 'init', 'shop', '--example', 'shop', '--yes');
const shop = join(directory, 'shop');
msa(shop, 'validate');

say('2. One more service, from its fields and the states of its life');
msa(
  shop,
  'new',
  'service',
  'reviews',
  '--fields',
  'stars:int text:text?',
  '--states',
  'draft>published>archived, draft>discarded',
  '--yes',
);

say('3. It comes with its own tests, and a lock file to install from');
const reviews = join(shop, 'services/reviews');
show('npm', ['ci'], reviews);
run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], reviews);
show('npm', ['test'], reviews);
const tests = run('npm', ['test', '--silent'], reviews);
console.log(
  tests
    .match(/^# (?:pass|fail|skipped) \d+$/gm)
    ?.map((line) => line.slice(2))
    .join(', '),
);
run('npm', ['run', '--silent', 'build'], reviews);

say('4. A walk through its links, by a client that knows one address and no path');
await walk(await start(reviews));

say('Done, and nothing is left behind. For yourself:');
console.log(`  npm install --global ${root}\n  msa init shop --example shop`);

async function walk(url) {
  let at = await visit(`GET ${url}/`, get(`${url}/`));
  const draft = await sampleFor(at, 'create');
  console.log(`the schema of "create" accepts ${JSON.stringify(draft)}`);
  at = await visit('create', follow(at, 'create', draft));
  const first = at;
  at = await visit('publish', follow(at, 'publish'));
  // The link is gone now. Who still has it is refused, and told what is possible instead.
  await visit('discard, by the link from before', follow({ ...first, headers: at.headers }, 'discard'));
  at = await visit('archive', follow(at, 'archive'));
  await visit('delete', follow(at, 'delete'));
  await visit('self', get(linkOf(at, 'self').href));
}

async function visit(what, pending) {
  const reply = await pending;
  const { status, title, detail, links = [] } = reply.body;
  const state = typeof status === 'string' ? `, it is ${status}` : '';
  const problem = reply.status >= 400 ? `: ${detail ?? title}` : '';
  console.log(`${bold(what)} -> ${reply.status}${state}${problem}`);
  const shown = reply.status < 300 ? links.filter((link) => link.rel !== 'describedby') : [];
  for (const { rel, method, href } of shown) console.log(`    ${rel.padEnd(12)} ${method.padEnd(6)} ${href}`);
  return reply;
}

function msa(cwd, ...argv) {
  show('msa', argv, cwd);
  console.log(run(process.execPath, [join(root, 'bin/msa.js'), ...argv], cwd).trim());
}

function show(command, argv, cwd) {
  const where = cwd === directory ? '' : `${cwd.slice(directory.length + 1)} `;
  const quoted = argv.map((word) => (/^[\w/@.=:-]+$/.test(word) ? word : JSON.stringify(word)));
  console.log(`${where}$ ${command} ${quoted.join(' ')}`);
}

/** Runs a command that must succeed and gives what it printed. */
function run(command, argv, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, argv, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) {
    console.error(
      `${command} ${argv.join(' ')} failed (${status ?? error?.message}):\n${`${stdout}${stderr}`.slice(-4000)}`,
    );
    process.exit(1);
  }
  return stdout;
}

async function start(folder) {
  const port = await freePort();
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: folder,
    env: { ...process.env, PORT: String(port), LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  running.add(child);
  const url = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + 20_000; ;) {
    const ready = await get(`${url}/health/ready`).catch(() => undefined);
    if (ready?.status === 200) return url;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the service in ${folder} did not start`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

function cleanUp() {
  for (const child of running) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
}

process.exit(0);
