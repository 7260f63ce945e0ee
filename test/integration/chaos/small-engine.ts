import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import type { ObservedInstance } from '../../../src/plan/observation.ts';
import type { ControlPlane } from '../../../src/ports/control-plane.ts';
import type { Engine } from '../../../src/ports/engine.ts';
import type { SourceTable } from '../../../src/protocol/registry-api.ts';
import { freePort } from '../../support/free-port.ts';

const restartDelayMs = 100;

/** Answers after a moment, so that a kill finds requests under way. */
const program = `
  require('node:http')
    .createServer((request, response) => setTimeout(() => response.end('{"orders":[]}'), request.url === '/health' ? 0 : 15))
    .listen(Number(process.env.PORT), '127.0.0.1');
`;

/** As much of an engine as an experiment needs: processes that are started again when they die. */
export async function smallEngine(replicas: number, { isRestarting = true } = {}) {
  const ports = await Promise.all(Array.from({ length: replicas }, freePort));
  const children = new Map<string, ChildProcess>();
  const lives = new Map<string, { restarts: number; startedAt: string }>();
  let isOver = false;

  const start = (id: string, port: number): void => {
    const restarts = (lives.get(id)?.restarts ?? -1) + 1;
    const child = spawn(process.execPath, ['-e', program], { env: { PORT: String(port) }, stdio: 'ignore' });
    children.set(id, child);
    lives.set(id, { restarts, startedAt: new Date().toISOString() });
    child.on('exit', () => {
      if (isOver || !isRestarting) return;
      setTimeout(
        () => {
          if (!isOver) start(id, port);
        },
        restartDelayMs * 2 ** restarts,
      );
    });
  };
  const ids = ports.map((port, index) => ({ id: `orders-${index + 1}`, port }));
  for (const { id, port } of ids) start(id, port);

  const table: SourceTable = {
    instances: ids.map(({ id, port }) => ({ id, service: 'orders', address: '127.0.0.1', port, draining: false })),
  };
  const observe = (gatewayPort: number) => async () => ({
    ground: true,
    instances: [
      observed('gateway-1', { port: gatewayPort, restarts: 0, startedAt: undefined }),
      ...ids.map(({ id, port }) => observed(id, { port, restarts: 0, startedAt: undefined, ...lives.get(id) })),
    ],
    artefacts: new Set<string>(),
    systemVersion: 'v1',
  });
  return {
    table,
    engine: (control: ControlPlane, gatewayPort: number) =>
      ({
        kind: 'process',
        control: async () => control,
        observe: observe(gatewayPort),
        crash: async (id: string) => void children.get(id)?.kill('SIGKILL'),
      }) as unknown as Engine,
    [Symbol.asyncDispose]: async () => {
      isOver = true;
      for (const child of children.values()) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
    },
  };
}

function observed(id: string, facts: Pick<ObservedInstance, 'port' | 'restarts' | 'startedAt'>): ObservedInstance {
  const isGateway = id.startsWith('gateway');
  return {
    id,
    unit: id.replace(/-\d+$/, ''),
    role: isGateway ? 'gateway' : 'service',
    index: 1,
    hash: '',
    state: 'running',
    exitCode: undefined,
    address: '127.0.0.1',
    published: isGateway ? `127.0.0.1:${facts.port}` : undefined,
    pid: undefined,
    ...facts,
  };
}
