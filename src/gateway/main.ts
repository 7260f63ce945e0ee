import cluster from 'node:cluster';

import { tellStarter } from '../program/tell-starter.ts';
import { createGateway } from './create-gateway.ts';
import type { Gateway, GatewayConfig } from './create-gateway.ts';
import { defaultLimits } from './limits.ts';
import { readConfig } from './read-config.ts';
import { runWorker } from './workers/run-worker.ts';
import { WorkerPool } from './workers/worker-pool.ts';

await main();

async function main(): Promise<void> {
  // Whoever reads the log may go; the gateway stays.
  process.stdout.on('error', () => undefined);
  try {
    const config = readConfig(process.env);
    if (cluster.isWorker) return runWorker(config);
    const gateway = buildGateway(config);
    await gateway.listen();
    const stop = (): void => void gateway.close().then(() => process.exit(0));
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    tellStarter({ listening: { port: gateway.port } });
  } catch (error) {
    process.stderr.write(`gateway: ${error instanceof Error ? error.message : String(error)}\n`);
    // One of several listeners may be open already.
    process.exit(1);
  }
}

/** In one process, or in as many as asked for beside this one. */
function buildGateway({ workers, ...config }: GatewayConfig & { readonly workers: number }): Gateway {
  if (workers === 1) return createGateway(config, { write });
  const closeMs = defaultLimits.drainMs + 2000;
  return createGateway(config, {
    write,
    dataPlane: (log) => new WorkerPool({ count: workers, log, write, closeMs }),
  });
}

function write(text: string): void {
  process.stdout.write(text);
}
