// `msa up` beside Docker Compose running the same system: the file that `msa export compose` writes. Nine containers:
// registry, gateway, Redis and the shop's three services with two instances each, images built before.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

import { request } from 'undici';

import { ensureInstalled, root } from '../scripts/ensure-installed.js';
import { median, medianRatio } from './measure.js';
import { freePort } from './support.js';

const rounds = Number(process.env.BENCH_ROUNDS ?? 7);
const goals = [
  ['up', 'compose up --wait', 0.8],
  ['up, nothing changed', 'compose up --wait, nothing changed', 0.6],
  ['down', 'compose down', 1],
  ['processes: first 200', 'compose up --wait', 0.35],
  ['processes: all ready', 'compose up --wait', 0.5],
];

ensureInstalled();
execFileSync(process.execPath, [join(root, 'scripts/build.js')], { stdio: ['ignore', 2, 2] });
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'msa-bench-')));
const shop = join(directory, 'shop');
const composeDirectory = join(shop, 'compose');
const project = `msa-bench-${process.pid}`;
const port = await freePort();
const registryPort = await freePort();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
process.on('exit', cleanUp);

prepare();
const times = {};
let memory = 0;
await playRound(0);
// The first round warms up.
for (let round = 1; round <= rounds; round += 1) record(await playRound(round));
print();
process.exit(0);

/** Every other round in reverse: nobody always runs after the same neighbour. */
async function playRound(round) {
  const parts = [inDocker, inCompose, asProcesses];
  const elapsed = {};
  for (const part of round % 2 === 0 ? parts : parts.toReversed()) Object.assign(elapsed, await part());
  return elapsed;
}

function record(elapsed) {
  for (const name of Object.keys(elapsed)) (times[name] ??= []).push(elapsed[name]);
}

/** Everything that is not measured: images, installed and built folders. */
function prepare() {
  msa(directory, 'init', 'shop', '--example', 'shop', '--yes');
  const file = join(shop, 'msa.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('port: 8080', `port: ${port}`));
  msa(shop, 'up', '--engine', 'docker');
  msa(shop, 'down');
  msa(shop, 'up', '--engine', 'process');
  msa(shop, 'down');
  msa(shop, 'export', 'compose', '--output', composeDirectory, '--yes');
  compose('build', '--quiet');
}

async function inDocker() {
  return {
    up: timed(() => msa(shop, 'up', '--engine', 'docker')),
    'up, nothing changed': timed(() => msa(shop, 'up', '--engine', 'docker')),
    down: timed(() => msa(shop, 'down')),
  };
}

async function inCompose() {
  return {
    'compose up --wait': timed(() => compose('up', '-d', '--wait', '--quiet-pull')),
    'compose up --wait, nothing changed': timed(() => compose('up', '-d', '--wait')),
    'compose up -d, nothing changed': timed(() => compose('up', '-d')),
    'compose down': timed(() => compose('down', '--volumes')),
  };
}

async function asProcesses() {
  const start = performance.now();
  const child = spawn(process.execPath, [join(root, 'bin/msa.js'), 'up', '--engine', 'process'], {
    cwd: shop,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve({ code, at: performance.now() })));
  await firstAnswer(`http://127.0.0.1:${port}/users`, ended);
  const first = performance.now() - start;
  const { code, at } = await ended;
  if (code !== 0) throw new Error(`msa up --engine process ended with ${code}`);
  memory = platformMemory();
  return {
    'processes: first 200': first,
    'processes: all ready': at - start,
    'processes: down': timed(() => msa(shop, 'down')),
  };
}

async function firstAnswer(url, ended) {
  let over = false;
  void ended.then(() => (over = true));
  for (;;) {
    const status = await request(url, { headersTimeout: 1000 }).then(
      async ({ statusCode, body }) => (await body.dump(), statusCode),
      () => 0,
    );
    if (status === 200) return;
    if (over) throw new Error(`${url} never answered 200 (last: ${status})`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Resident memory of gateway and registry, in MB. */
function platformMemory() {
  const { instances } = JSON.parse(msa(shop, 'ps', '--json'));
  const ours = instances.filter(({ role }) => role === 'gateway' || role === 'registry');
  const kilobytes = ours.map(({ pid }) =>
    Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })),
  );
  return kilobytes.reduce((sum, value) => sum + value, 0) / 1024;
}

function print() {
  console.log(
    `\nThe shop, 9 containers or processes (Node ${process.version}, ${cpus().length} cores, ${rounds} rounds)`,
  );
  const base = times['compose up --wait'];
  console.table(
    Object.entries(times).map(([what, values]) => ({
      what,
      'median ms': median(values).toFixed(0),
      'x compose up --wait': medianRatio(values, base).toFixed(2),
    })),
  );
  for (const [what, against, goal] of goals) {
    const ratio = medianRatio(times[what], times[against]);
    console.log(`${ratio <= goal ? 'met   ' : 'MISSED'} ${what} <= ${goal} x ${against}: ${ratio.toFixed(2)}`);
  }
  console.log(`${memory <= 150 ? 'met   ' : 'MISSED'} gateway and registry <= 150 MB: ${memory.toFixed(0)} MB`);
}

function timed(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function msa(cwd, ...argv) {
  return run(process.execPath, [join(root, 'bin/msa.js'), ...argv], cwd);
}

function compose(...argv) {
  return run('docker', ['compose', '-p', project, ...argv], composeDirectory);
}

function run(command, argv, cwd) {
  try {
    const env = { ...process.env, REGISTRY_PORT: String(registryPort) };
    return execFileSync(command, argv, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const output = `${error.stdout ?? ''}${error.stderr ?? ''}`.slice(-4000);
    throw new Error(`${command} ${argv.join(' ')} failed:\n${output}`, { cause: error });
  }
}

function cleanUp() {
  for (const clean of [
    () => msa(shop, 'down', '--volumes'),
    () => compose('down', '--volumes', '--rmi', 'local'),
    () => rmSync(directory, { recursive: true, force: true }),
  ]) {
    try {
      clean();
    } catch {
      // Not there yet, or gone already.
    }
  }
}
