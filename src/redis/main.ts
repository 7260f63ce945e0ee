import { fstatSync, writeSync } from 'node:fs';

import { createRedisServer } from './create-redis-server.ts';

const controlDescriptor = 3;

await main();

async function main(): Promise<void> {
  const { PORT: port = '6379', HOST: host = '127.0.0.1' } = process.env;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return fail(`PORT must be a port number, not "${port}".`);
  try {
    const server = await createRedisServer().listen({ host, port: Number(port) });
    const stop = (): void => void server.close();
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    report({ listening: { port: server.port } });
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

function fail(reason: string): void {
  process.stderr.write(`embedded Redis: ${reason}\n`);
  process.exitCode = 1;
}

/** Tells whoever started this program, on the channel kept for that if there is one. */
function report(message: object): void {
  const line = `${JSON.stringify(message)}\n`;
  if (!writeToControl(line)) process.stdout.write(line);
}

function writeToControl(line: string): boolean {
  try {
    const stats = fstatSync(controlDescriptor);
    // Without such a channel the number belongs to Node's own event queue.
    if (!stats.isFIFO() && !stats.isSocket() && !stats.isFile()) return false;
    writeSync(controlDescriptor, line);
    return true;
  } catch {
    return false;
  }
}
