interface EndedState {
  readonly Running: boolean;
  readonly Restarting: boolean;
  readonly OOMKilled: boolean;
  readonly ExitCode: number;
  readonly Error: string;
}

const mebibyte = 1024 * 1024;
const killedCode = 137;

/** How the last run of a container ended, and how often it was started again; nothing where it never ended. */
export function describeEnd(state: EndedState, restarts: number, memoryBytes: number): readonly string[] {
  const ended = !state.Running || state.Restarting;
  if (!ended && restarts === 0) return [];
  const again = restarts === 0 ? [] : [`it was started again ${restarts === 1 ? 'once' : `${restarts} times`}`];
  if (state.OOMKilled)
    return [
      `it was killed for using more memory than its limit of ${Math.round(memoryBytes / mebibyte)} MiB`,
      ...again,
    ];
  if (!ended) return again;
  if (state.Error !== '') return [`it cannot be started: ${state.Error}`, ...again];
  return [describeExit(state.ExitCode), ...again];
}

function describeExit(code: number): string {
  if (code === 0) return 'it ended by itself (exit code 0); it has to stay, and not in the background';
  return code === killedCode ? 'it was killed (exit code 137)' : `it ended with exit code ${code}`;
}

interface Socket {
  readonly port: number;
  readonly loopback: boolean;
}

/** What is wrong with where a program listens, from its tables of sockets; nothing when it is right. */
export function describeListening(tables: string, port: number): readonly string[] {
  const sockets = listeningSockets(tables);
  if (sockets.some((socket) => socket.port === port && !socket.loopback)) return [];
  if (sockets.some((socket) => socket.port === port))
    return [
      `it listens on port ${port} of loopback only, where nobody outside its container reaches it: listen on HOST, which is 0.0.0.0`,
    ];
  const ports = [...new Set(sockets.map((socket) => socket.port))].toSorted((left, right) => left - right);
  if (ports.length === 0) return [`it listens on no port; it should on ${port}, which PORT says`];
  return [`it listens on ${ports.join(' and ')}, not on ${port}, which PORT says`];
}

const listening = '0A';
/** Docker's own name server lives in every container. */
const resolverAddress = '0B00007F';

/** From the form of /proc/net/tcp: hexadecimal, each four bytes of an address turned round. */
function listeningSockets(tables: string): readonly Socket[] {
  return tables.split('\n').flatMap((row) => {
    const [, local = '', , state] = row.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (state !== listening || address === resolverAddress) return [];
    return [{ port: Number.parseInt(port, 16), loopback: isLoopback(address) }];
  });
}

function isLoopback(address: string): boolean {
  return (
    /^[0-9A-F]{6}7F$/.test(address) ||
    address === '00000000000000000000000001000000' ||
    /^0{16}FFFF0000[0-9A-F]{6}7F$/.test(address)
  );
}
