// Load on one gateway at a time, from the load's core.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { cpuSeconds, onPath, runLoad, work } from './world.js';

const connections = 32;

/** As much as it takes, for a second: how many requests were answered. */
export function saturate(port, headers = {}) {
  const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const text = runLoad('wrk', ['-t1', `-c${connections}`, '-d1s', ...fields, `http://127.0.0.1:${port}/orders/1`]);
  if (/Non-2xx/.test(text)) throw new Error(`answers were not 2xx on port ${port}:\n${text}`);
  return Number(/(\d+) requests in/.exec(text)[1]);
}

/** Microseconds of CPU per request, per gateway and round; all take turns, every other round in reverse. */
export function costsInTurns(gateways, rounds) {
  const names = Object.keys(gateways);
  const costs = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const { pid, port, headers = {} } = gateways[name];
      const before = cpuSeconds(pid);
      const requests = saturate(port, headers);
      const cost = ((cpuSeconds(pid) - before) / requests) * 1e6;
      if (round > 0) costs[name].push(cost);
    }
  }
  return costs;
}

export const canOffer = onPath('h2load');

/** So many requests a second, whatever the gateway takes, for two seconds: their times in microseconds, sorted. */
export function offer(port, perSecond) {
  const log = join(work, 'offered.log');
  rmSync(log, { force: true });
  const rate = Math.max(1, Math.round(perSecond / connections));
  runLoad('h2load', [
    '--h1',
    '-t1',
    `-c${connections}`,
    `--rps=${rate}`,
    '-D2s',
    `--log-file=${log}`,
    `http://127.0.0.1:${port}/orders/1`,
  ]);
  const rows = readFileSync(log, 'utf8').trim().split('\n');
  return rows.map((row) => Number(row.split('\t')[2])).toSorted((left, right) => left - right);
}

export function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
