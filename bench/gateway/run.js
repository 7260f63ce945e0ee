// What our gateway costs beside others that do the same: CPU time per request of a plain route, latency added at a part of
// what each can take, what its features cost, memory with slow readers, and a second worker. All that is compared runs at
// once and takes turns under load, so that a machine that drifts drifts for all. BENCH_ROUNDS says how often.
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';

import { ensureInstalled, root } from '../../scripts/ensure-installed.js';
import { median, medianRatio } from '../measure.js';
import { startWithFeatures } from './features.js';
import { canOffer, costsInTurns, offer, percentile, saturate } from './load.js';
import { startMsa } from './msa.js';
import { startPeers, startUpstream } from './peers.js';
import { measureSlowReaders } from './slow-readers.js';
import { onPath } from './world.js';

const rounds = Number(process.env.BENCH_ROUNDS ?? 15);
/** Most our plain route may cost, against each of the others. */
const goals = {
  caddy: 0.8,
  nginx: 4.5,
  'fast-gateway': 0.55,
  '@fastify/http-proxy': 0.55,
  'http-proxy': 0.55,
};
/** Most the leased features may cost, against our plain route. */
const featuresGoal = 1.4;

ensureInstalled();
execFileSync(process.execPath, [join(root, 'scripts/build.js')], { stdio: ['ignore', 2, 2] });
if (!onPath('wrk')) {
  console.log(
    'wrk is not installed: it makes the load. On Debian: apt install wrk nginx-light caddy haproxy nghttp2-client',
  );
  process.exit(1);
}
console.log(`Node ${process.version}, ${cpus().length} cores, ${rounds} rounds`);
const parts = process.argv.slice(2);
const wants = (part) => parts.length === 0 || parts.includes(part);
const upstream = await startUpstream();
if (wants('cost') || wants('latency')) {
  const gateways = { msa: await startMsa(upstream.port), ...(await startPeers(upstream.port)) };
  if (wants('cost')) printCosts(costsInTurns(gateways, rounds));
  if (wants('latency')) printLatencies(gateways);
}
if (wants('features')) await compareFeatures();
if (wants('memory')) await printMemory();
if (wants('workers')) await compareWorkers();
process.exit(0);

function printCosts(measured) {
  console.log('\nCPU per request of a plain route');
  console.table(
    Object.keys(measured).map((name) => ({
      gateway: name,
      'median µs': median(measured[name]).toFixed(0),
      'best µs': Math.min(...measured[name]).toFixed(0),
      'msa / it': medianRatio(measured.msa, measured[name]).toFixed(2),
      'best / best': (Math.min(...measured.msa) / Math.min(...measured[name])).toFixed(2),
    })),
  );
  for (const [name, goal] of Object.entries(goals)) {
    if (measured[name] !== undefined)
      printGoal(`msa <= ${goal} x ${name}`, medianRatio(measured.msa, measured[name]), goal);
  }
}

/** What a gateway adds to the time of a request when it gets a part of what it can take at most, each of its own. */
function printLatencies(gateways) {
  if (!canOffer) return console.log('h2load is not installed: no latencies');
  console.log('\nLatency added to that of the upstream, at a part of what each gateway can take (µs)');
  const rows = Object.entries(gateways).flatMap(([name, { port }]) => {
    const most = Math.max(saturate(port), saturate(port), saturate(port));
    return [0.3, 0.6, 0.9].map((share) => {
      const direct = offer(upstream.port, most * share);
      const through = offer(port, most * share);
      const added = (at) => percentile(through, at) - percentile(direct, at);
      return { gateway: name, 'most/s': most, share, p50: added(0.5), p99: added(0.99) };
    });
  });
  console.table(rows);
}

async function compareFeatures() {
  const measured = costsInTurns(
    { plain: await startMsa(upstream.port), ...(await startWithFeatures(upstream.port)) },
    rounds,
  );
  console.log('\nCPU per request with features, against our plain route');
  console.table(
    Object.keys(measured).map((name) => ({
      route: name,
      'median µs': median(measured[name]).toFixed(0),
      'best µs': Math.min(...measured[name]).toFixed(0),
      'it / plain': medianRatio(measured[name], measured.plain).toFixed(2),
      'best / best': (Math.min(...measured[name]) / Math.min(...measured.plain)).toFixed(2),
    })),
  );
  printGoal(
    `all on, leased <= ${featuresGoal} x plain`,
    medianRatio(measured['all on, leased'], measured.plain),
    featuresGoal,
  );
}

async function printMemory() {
  const seconds = Number(process.env.BENCH_SECONDS ?? 30);
  const { before, readings } = await measureSlowReaders({ seconds, clients: 200 });
  console.log(`\nResident memory with 200 slow readers of endless answers, over ${seconds} s (MB)`);
  console.log(`before ${before.toFixed(0)}, then ${readings.map((reading) => reading.toFixed(0)).join(' ')}`);
}

/** Both on all cores, together with load and upstream: what a laptop would see. */
async function compareWorkers() {
  const one = await startMsa(upstream.port, { core: undefined });
  const two = await startMsa(upstream.port, { core: undefined, env: { WORKERS: '2' } });
  const answered = { one: [], two: [] };
  for (let round = 0; round < rounds; round += 1) {
    answered.one.push(saturate(one.port));
    answered.two.push(saturate(two.port));
  }
  console.log('\nRequests per second, two workers against one, on the cores that load and upstream share');
  console.log(
    `one ${median(answered.one)}, two ${median(answered.two)}, ratio ${medianRatio(answered.two, answered.one).toFixed(2)}`,
  );
}

function printGoal(what, ratio, goal) {
  console.log(`${ratio <= goal ? 'met   ' : 'MISSED'} ${what}: ${ratio.toFixed(2)}`);
}
