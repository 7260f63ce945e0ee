import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';

export interface PortFacts {
  readonly port: number;
  readonly free: boolean;
  /** Who listens there, as far as this user may see it: `node (pid 4711)`. */
  readonly holder?: string;
}

/** Finds out whether a port can be listened on, and otherwise by whom it is held. */
export async function probePort(port: number, timeoutMs: number): Promise<PortFacts> {
  // Some systems allow the loopback address while another program listens on all addresses, so both are tried.
  const free = (await canListen(port, '127.0.0.1')) && (await canListen(port, undefined));
  if (free) return { port, free };
  const holder = (await findHolderInProc(port)) ?? (await findHolderByLsof(port, timeoutMs));
  return holder === undefined ? { port, free } : { port, free, holder };
}

function canListen(port: number, host: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Linux: a listening socket has an inode, and whoever holds it has a descriptor that links to that inode. */
async function findHolderInProc(port: number): Promise<string | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((table) => readOrEmpty(table)));
  const sockets = new Set(tables.flatMap((table) => listeningSockets(table, port)));
  if (sockets.size === 0) return undefined;
  const processes = (await listOrEmpty('/proc')).filter((name) => /^\d+$/.test(name));
  const holders = await Promise.all(
    processes.map(async (pid) => ((await holdsOneOf(pid, sockets)) ? describeProcess(pid) : undefined)),
  );
  return holders.find((holder) => holder !== undefined);
}

/** The sockets that listen on a port, from a table of /proc/net, where addresses are hexadecimal and 0A is LISTEN. */
export function listeningSockets(table: string, port: number): readonly string[] {
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([, local = '', , state, , , , , , inode]) =>
    state === '0A' && Number.parseInt(local.split(':')[1] ?? '', 16) === port ? [`socket:[${inode}]`] : [],
  );
}

async function holdsOneOf(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  for (const descriptor of await listOrEmpty(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    if (sockets.has(target)) return true;
  }
  return false;
}

async function describeProcess(pid: string): Promise<string> {
  const name = (await readOrEmpty(`/proc/${pid}/comm`)).trim();
  return `${name === '' ? 'a program' : name} (pid ${pid})`;
}

/** macOS and other systems without /proc. */
function findHolderByLsof(port: number, timeoutMs: number): Promise<string | undefined> {
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'];
  return new Promise((resolve) => {
    execFile('lsof', args, { timeout: timeoutMs }, (_error, stdout) => {
      const pid = /^p(\d+)$/m.exec(stdout)?.[1];
      const name = /^c(.+)$/m.exec(stdout)?.[1] ?? 'a program';
      resolve(pid === undefined ? undefined : `${name} (pid ${pid})`);
    });
  });
}

/** What is gone by now or belongs to another user counts as nothing. */
async function readOrEmpty(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

async function listOrEmpty(path: string): Promise<readonly string[]> {
  return readdir(path).catch(() => []);
}
