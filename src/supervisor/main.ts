import { closeSync, rmSync, writeSync } from 'node:fs';
import { once } from 'node:events';

import {
  greetingDescriptor,
  supervisorVariable,
  type SupervisorConfig,
  type SupervisorGreeting,
  type SupervisorRecord,
} from '../protocol/supervisor-api.ts';
import { claimWorkspace } from './runtime/claim.ts';
import { guardFiles } from './runtime/guard-files.ts';
import { createRecordKeeper } from './runtime/record-keeper.ts';
import { removeRecord } from './runtime/record-file.ts';
import { createApi } from './serve.ts';
import { Supervisor } from './supervisor.ts';

const leaveWithinMs = 1000;

await main();

async function main(): Promise<void> {
  // The terminal it was started from may close; the system goes on.
  process.on('SIGHUP', () => {});
  try {
    const config: SupervisorConfig = JSON.parse(process.env[supervisorVariable] ?? '');
    const claim = await claimWorkspace(config);
    if (claim.kind === 'occupied') return greet({ kind: 'occupied', pid: claim.pid });
    if (config.mode === 'run') return await run(config, claim.record);
    removeRecord(config.stateFile);
    greet({ kind: 'reaped', processes: claim.reaped });
  } catch (error) {
    greet({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
  }
}

async function run(config: SupervisorConfig, claimed: SupervisorRecord): Promise<void> {
  const record = createRecordKeeper(config.stateFile, claimed);
  const supervisor = new Supervisor(config, record);
  const close = async (): Promise<void> => {
    guard.stop();
    await supervisor.close();
    api.close();
    rmSync(config.socket, { force: true });
    record.remove();
    // What a program that nothing can end still holds open must not keep this one.
    setTimeout(() => process.exit(), leaveWithinMs).unref();
  };
  const api = createApi(supervisor, close);
  api.listen(config.socket);
  await once(api, 'listening');
  // A socket that cannot be opened again now is tried again later.
  api.on('error', () => {});
  const guard = guardFiles(config, record, {
    relisten: (done) => void api.close(() => api.listen(config.socket, done)),
    giveWay: () => {
      supervisor.abandon();
      process.exit(1);
    },
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void close());
  greet({ kind: 'listening' });
}

/** Tells whoever started this program, and lets go of it. */
function greet(greeting: SupervisorGreeting): void {
  try {
    writeSync(greetingDescriptor, `${JSON.stringify(greeting)}\n`);
    closeSync(greetingDescriptor);
  } catch {
    // It has gone away meanwhile.
  }
}
