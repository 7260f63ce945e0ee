import { spawnSync } from 'node:child_process';

import type { ListeningSocket, ProcessFacts } from './process-facts.ts';

// macOS and others without /proc: ps and lsof say the same, in a few milliseconds.

export function readProcess(pid: number): ProcessFacts | undefined {
  return parseRow(run('ps', ['-o', columns, '-p', String(pid)]).trim());
}

export function listProcesses(): readonly ProcessFacts[] {
  return run('ps', ['-A', '-o', columns])
    .split('\n')
    .flatMap((row) => parseRow(row.trim()) ?? []);
}

export function findMarked(markers: Readonly<Record<string, string>>): readonly ProcessFacts[] {
  const wanted = Object.entries(markers).map(([name, value]) => `${name}=${value}`);
  // -E adds the environment to the command, of this user's own programs.
  const marked = run('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='])
    .split('\n')
    .filter((row) => wanted.every((variable) => row.split(' ').includes(variable)))
    .map((row) => Number.parseInt(row, 10));
  return marked.length === 0 ? [] : listProcesses().filter(({ pid }) => marked.includes(pid));
}

export function findListening(pids: readonly number[]): readonly ListeningSocket[] | undefined {
  if (pids.length === 0) return [];
  const rows = run('lsof', ['-nP', '-a', '-p', pids.join(','), '-iTCP', '-sTCP:LISTEN', '-Fn']).split('\n');
  return rows.flatMap((row) => {
    const [, host = '', port = ''] = /^n(.*):(\d+)$/.exec(row) ?? [];
    if (port === '') return [];
    return [{ address: host === '*' ? '0.0.0.0' : host.replaceAll(/[[\]]/g, ''), port: Number(port) }];
  });
}

const columns = 'pid=,ppid=,pgid=,state=,lstart=';

/** `4711 1 4711 Ss Mon Jan  5 10:00:00 2026` */
export function parseRow(row: string): ProcessFacts | undefined {
  const [, pid, parent, group, state = '', started = ''] = /^(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(row) ?? [];
  if (pid === undefined || state.startsWith('Z')) return undefined;
  return { pid: Number(pid), parent: Number(parent), group: Number(group), started: started.replaceAll(/\s+/g, ' ') };
}

function run(command: string, args: readonly string[]): string {
  const { stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 5000,
    maxBuffer: 64 * 1024 * 1024,
    // Dates in one language, whatever the user's.
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return stdout ?? '';
}
