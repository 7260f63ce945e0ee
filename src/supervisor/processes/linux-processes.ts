import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

import type { ListeningSocket, ProcessFacts } from './process-facts.ts';

// The files of /proc are made in memory when they are read, so reading them without waiting costs less than waiting.

export function readProcess(pid: number): ProcessFacts | undefined {
  return parseStat(readOrEmpty(`/proc/${pid}/stat`), bootId());
}

export function listProcesses(): readonly ProcessFacts[] {
  return listNumbers('/proc').flatMap((pid) => readProcess(pid) ?? []);
}

export function findMarked(markers: Readonly<Record<string, string>>): readonly ProcessFacts[] {
  const wanted = Object.entries(markers).map(([name, value]) => `${name}=${value}`);
  return listNumbers('/proc').flatMap((pid) => {
    const variables = readOrEmpty(`/proc/${pid}/environ`).split('\0');
    return wanted.every((variable) => variables.includes(variable)) ? (readProcess(pid) ?? []) : [];
  });
}

export function findListening(pids: readonly number[]): readonly ListeningSocket[] {
  const sockets = new Set(pids.flatMap((pid) => openSockets(pid)));
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => parseSocketTable(readOrEmpty(table), sockets));
}

/** `pid (name) state ppid pgrp … starttime …`; the name may hold spaces and parentheses. */
export function parseStat(stat: string, boot: string): ProcessFacts | undefined {
  const end = stat.lastIndexOf(')');
  if (end === -1) return undefined;
  const fields = stat.slice(end + 2).split(' ');
  const [state = '', parent = '', group = ''] = fields;
  // Z and X: it has ended, only its number is still taken.
  if (state === 'Z' || state === 'X') return undefined;
  return {
    pid: Number.parseInt(stat, 10),
    parent: Number(parent),
    group: Number(group),
    // Counted from the start of the machine, so that two starts could give the same.
    started: `${boot}:${fields[19] ?? ''}`,
  };
}

/** Rows that listen (0A) on one of the sockets; addresses are hexadecimal, in the order of the machine's bytes. */
export function parseSocketTable(table: string, sockets: ReadonlySet<string>): readonly ListeningSocket[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    return state === '0A' && sockets.has(inode)
      ? [{ address: addressOf(address), port: Number.parseInt(port, 16) }]
      : [];
  });
}

function addressOf(hexadecimal: string): string {
  if (/^0+$/.test(hexadecimal)) return hexadecimal.length === 8 ? '0.0.0.0' : '::';
  if (hexadecimal === '00000000000000000000000001000000') return '::1';
  // An IPv4 address, also as the end of an IPv6 one.
  const bytes = hexadecimal.slice(-8).match(/../g) ?? [];
  return bytes
    .toReversed()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
}

function openSockets(pid: number): readonly string[] {
  return listNumbers(`/proc/${pid}/fd`).flatMap((descriptor) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
}

let boot: string | undefined;

function bootId(): string {
  boot ??= readOrEmpty('/proc/sys/kernel/random/boot_id').trim();
  return boot;
}

/** What has ended by now, or belongs to another user, counts as nothing. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function listNumbers(directory: string): readonly number[] {
  try {
    return readdirSync(directory)
      .map(Number)
      .filter((number) => Number.isInteger(number));
  } catch {
    return [];
  }
}
