import { tellStarter } from '../program/tell-starter.ts';
import { createRedisServer } from './create-redis-server.ts';

await main();

async function main(): Promise<void> {
  const { PORT: port = '6379', HOST: host = '127.0.0.1' } = process.env;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return fail(`PORT must be a port number, not "${port}".`);
  try {
    const server = await createRedisServer().listen({ host, port: Number(port) });
    const stop = (): void => void server.close();
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    tellStarter({ listening: { port: server.port } });
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

function fail(reason: string): void {
  process.stderr.write(`embedded Redis: ${reason}\n`);
  process.exitCode = 1;
}
