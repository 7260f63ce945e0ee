import { fstatSync, writeSync } from 'node:fs';

import { createGateway } from './create-gateway.ts';
import { readConfig } from './read-config.ts';

const controlDescriptor = 3;

await main();

async function main(): Promise<void> {
  // Whoever reads the log may go; the gateway stays.
  process.stdout.on('error', () => undefined);
  try {
    const gateway = createGateway(readConfig(process.env), { write: (text) => void process.stdout.write(text) });
    await gateway.listen();
    const stop = (): void => void gateway.close().then(() => process.exit(0));
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    report({ listening: { port: gateway.port } });
  } catch (error) {
    process.stderr.write(`gateway: ${error instanceof Error ? error.message : String(error)}\n`);
    // One of several listeners may be open already.
    process.exit(1);
  }
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
