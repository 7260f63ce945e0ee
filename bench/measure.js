// Times whole processes side by side: the commands take turns, so that a machine that drifts drifts for all of them.
import { spawnSync } from 'node:child_process';

/**
 * Runs every command once per round, after one round that is not counted. `prepare` runs before each run and is not
 * timed. Returns the wall times in milliseconds per command.
 * @param {Record<string, { argv: string[], prepare?: () => object }>} commands
 * @param {number} rounds
 */
export function measure(commands, rounds) {
  const names = Object.keys(commands);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    // Every other round in reverse: nobody always runs after the same neighbour.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const elapsed = runOnce(name, commands[name]);
      if (round > 0) times[name].push(elapsed);
    }
  }
  return times;
}

function runOnce(name, { argv, prepare }) {
  const options = prepare?.() ?? {};
  const [command, ...args] = argv;
  const start = performance.now();
  const { status, error, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  const elapsed = performance.now() - start;
  if (error !== undefined || status !== 0) {
    throw new Error(`${name} failed (${status ?? error?.message}): ${stderr.trim()}`);
  }
  return elapsed;
}

export function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of the ratios round by round: what both suffered in the same moment cancels out. */
export function medianRatio(left, right) {
  return median(left.map((value, index) => value / right[index]));
}
