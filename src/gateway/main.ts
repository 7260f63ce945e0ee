import { tellStarter } from '../program/tell-starter.ts';
import { createGateway } from './create-gateway.ts';
import { readConfig } from './read-config.ts';

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
    tellStarter({ listening: { port: gateway.port } });
  } catch (error) {
    process.stderr.write(`gateway: ${error instanceof Error ? error.message : String(error)}\n`);
    // One of several listeners may be open already.
    process.exit(1);
  }
}
