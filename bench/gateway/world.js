// The programs of a measurement: each on a core of its own where that is possible, all ended when the bench ends.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { request } from 'undici';

/** For configuration files and whatever else programs leave. */
export const work = mkdtempSync(join(tmpdir(), 'msa-bench-'));

/** Where load and upstream run: who makes the load must not take the gateway's time. */
export const loadCore = cpus().length - 1;

const children = [];
process.on('exit', cleanUp);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

function cleanUp() {
  for (const child of children) child.kill('SIGTERM');
  rmSync(work, { recursive: true, force: true });
}

/**
 * Starts a program and waits until it answers on its port.
 * @param {number} port
 * @param {[string, string[]]} command
 * @param {{ env?: Record<string, string>, core?: number | undefined, headers?: Record<string, string>, isUp?: (port: number) => Promise<boolean> }} options
 */
export async function start(port, command, { env = {}, core = 0, headers = {}, isUp = answersOrders(headers) } = {}) {
  const [program, argv] = pinned(core, command);
  const child = spawn(program, argv, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
  children.push(child);
  for (const deadline = Date.now() + 20_000; ;) {
    if (await isUp(port)) return { pid: child.pid, port };
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new Error(`${command[0]} ${command[1].join(' ')} does not answer`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function answersOrders(headers) {
  return async (port) => {
    try {
      const { statusCode, body } = await request(`http://127.0.0.1:${port}/orders/1`, { headers });
      await body.dump();
      return statusCode === 200;
    } catch {
      return false;
    }
  };
}

/** Runs a program of the load's side to its end, and gives what it wrote. */
export function runLoad(program, argv) {
  const [command, all] = pinned(loadCore, [program, argv]);
  return execFileSync(command, all, {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** `undefined` for any core. */
function pinned(core, [program, argv]) {
  const isPossible = core !== undefined && onPath('taskset') && cpus().length > 1;
  return isPossible ? ['taskset', ['-c', String(core), program, ...argv]] : [program, argv];
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** User and system time of a process and all its children, in seconds. */
export function cpuSeconds(pid) {
  return descendants(pid).reduce((sum, id) => {
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1].split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  }, 0);
}

/** Resident memory of a process and all its children, in megabytes. */
export function residentMegabytes(pid) {
  return descendants(pid).reduce((sum, id) => {
    const [, kilobytes = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, 'utf8')) ?? [];
    return sum + Number(kilobytes) / 1024;
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

export function onPath(program) {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  return directories.some((directory) => existsSync(join(directory, program)));
}
