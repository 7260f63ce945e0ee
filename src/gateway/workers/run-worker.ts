import { LocalDataPlane } from '../data-plane.ts';
import type { DataPlaneConfig } from '../data-plane.ts';
import { Log } from '../observe/log.ts';
import type { LogLevel } from '../observe/log.ts';
import type { FromWorker, ToWorker } from './messages.ts';

/** One of several processes that take requests: does what the first one says, and ends with it. */
export function runWorker(config: DataPlaneConfig & { readonly logLevel: LogLevel }): void {
  const log = new Log(config.logLevel, (text) => tell({ kind: 'log', text }));
  const dataPlane = new LocalDataPlane(config, { log });
  // The first process hears them too, and says when to end.
  process.on('SIGTERM', () => undefined).on('SIGINT', () => undefined);
  process.once('disconnect', () => process.exit(0));
  process.on('message', (message: ToWorker) => {
    handle(message, { dataPlane, log }).catch((error: unknown) => {
      tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
      // One that cannot listen is of no use; another one is started in its place.
      if (message.kind === 'start') process.disconnect();
    });
  });
  tell({ kind: 'hears' });
}

interface Worker {
  readonly dataPlane: LocalDataPlane;
  readonly log: Log;
}

async function handle(message: ToWorker, { dataPlane, log }: Worker): Promise<void> {
  switch (message.kind) {
    case 'start':
      // Routes are known before the first request can come; edges open meanwhile.
      if (message.state) void dataPlane.apply(message.state);
      await dataPlane.listen();
      return tell({ kind: 'listening', port: dataPlane.port });
    case 'apply':
      return tell({ kind: 'answer', id: message.id, value: await dataPlane.apply(message.state) });
    case 'ask': {
      const value = await (message.what === 'metrics' ? dataPlane.metrics() : dataPlane.status());
      return tell({ kind: 'answer', id: message.id, value });
    }
    case 'close':
      await dataPlane.close();
      log.flush();
      return process.disconnect();
  }
}

function tell(message: FromWorker): void {
  // Whoever would hear that nobody listens any more is this process, which ends by that anyway.
  process.send?.(message, undefined, undefined, () => undefined);
}
