import { pino } from 'pino';
import { createApp } from './app.ts';
import { ConfigError, readConfig } from './config.ts';
import type { Config } from './config.ts';
import { rules } from './rules.ts';
import { resource } from './service.ts';
import { openStore } from './stores/open.ts';

// Load balancers need a moment to see that this instance is no longer ready.
const drainDelayMs = 300;
const forcedAfterMs = 10_000;

async function start(config: Config): Promise<void> {
  const log = pino({ level: config.logLevel, base: { service: config.serviceName, instance: config.instanceId } });
  const onError = (error: Error): void => log.warn({ reason: error.message }, 'the store is out of reach');
  const store = openStore({ url: config.storeUrl, namespace: config.serviceName, onError });
  const lifecycle = { isDraining: false };
  const app = createApp({ resource, rules, store, config, log, lifecycle });
  app.addHook('onClose', async () => store.close());

  const stop = async (signal: string): Promise<void> => {
    if (lifecycle.isDraining) return;
    lifecycle.isDraining = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), forcedAfterMs).unref();
    await new Promise((resolve) => setTimeout(resolve, drainDelayMs));
    await app.close();
    log.info('stopped');
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  const address = await app.listen({
    host: config.host,
    port: config.port,
    listenTextResolver: (url) => `listening on ${url}`,
  });
  log.debug({ address }, 'ready');
}

/** What a person can put right is told in one line; anything else keeps its stack. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code, port } = error as { code?: string; port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is taken. Set PORT to a free one, or end the program that has it.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  await start(readConfig(process.env));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
