import { createRegistry } from './create-registry.ts';
import { createLog } from './log.ts';
import { parseSettings } from './settings.ts';
import { tellStarter } from '../program/tell-starter.ts';

await main();

async function main(): Promise<void> {
  try {
    const settings = parseSettings(process.env);
    // Whoever read the log may be gone; that is no reason to end.
    process.stdout.on('error', () => undefined);
    const log = createLog(settings.logLevel, (line) => process.stdout.write(line));
    const starting = createRegistry(settings, { log, now: Date.now, random: Math.random });
    const stop = (): void =>
      void starting.then(
        (registry) => registry.close(),
        () => undefined,
      );
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    const { port } = await starting;
    tellStarter({ listening: { port } });
  } catch (error) {
    process.stderr.write(`registry: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
