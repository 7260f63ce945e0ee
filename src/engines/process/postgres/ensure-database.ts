import { setTimeout as sleep } from 'node:timers/promises';

import { MsaError } from '../../../model/errors.ts';
import type { Unit } from '../../../plan/desired.ts';
import type { StopSignal } from '../../../ports/stop-signal.ts';
import { environmentVariables } from '../../../protocol/environment.ts';
import { databaseUser } from '../../../plan/stores.ts';
import { DatabaseError, runStatement } from './wire-client.ts';

const withinMs = 30_000;
const pollMs = 50;
const duplicateDatabase = '42P04';
const stillStarting = '57P03';

/** Sees to it that the database a unit is given on our server is there before the unit starts. */
export async function ensureDatabase({ name, env }: Unit, port: number, signal: StopSignal): Promise<void> {
  const url = env[environmentVariables.databaseUrl];
  if (url === undefined || !URL.canParse(url)) return;
  const parsed = new URL(url);
  const isOurs = parsed.hostname === '127.0.0.1' && parsed.port === String(port) && parsed.username === databaseUser;
  if (!isOurs) return;
  const address = { port, user: databaseUser, password: parsed.password, database: 'postgres' };
  const database = parsed.pathname.slice(1);
  const deadline = Date.now() + withinMs;
  for (;;) {
    signal.throwIfAborted();
    try {
      const found = await runStatement(address, `SELECT 1 FROM pg_database WHERE datname = '${database}'`);
      if (found === 0) await runStatement(address, `CREATE DATABASE "${database}"`);
      return;
    } catch (error) {
      if (error instanceof DatabaseError && error.code === duplicateDatabase) return;
      if (!mayComeYet(error) || Date.now() > deadline)
        throw new MsaError('MSA_ENGINE_FAILED', `the database of ${name} cannot be made: ${messageOf(error)}`, {
          cause: error,
        });
    }
    await sleep(pollMs);
  }
}

function mayComeYet(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.code === stillStarting;
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
