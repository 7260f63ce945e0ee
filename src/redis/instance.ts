import { randomBytes } from 'node:crypto';

import { Blocking } from './blocking.ts';
import type { Clock } from './clock.ts';
import { Database, type CommandTime } from './keyspace/database.ts';
import type { Limits } from './limits.ts';
import { PubSub } from './pub-sub.ts';
import type { Random } from './random.ts';
import type { FindCommand } from './scripting/redis-library.ts';
import { Scripts } from './scripting/scripts.ts';
import type { Session } from './session.ts';

export interface Dependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: Limits;
  readonly findCommand: FindCommand;
}

/** Everything one server knows. */
export interface Instance extends Dependencies {
  readonly time: CommandTime;
  readonly databases: readonly Database[];
  readonly sessions: Map<number, Session>;
  readonly pubSub: PubSub;
  readonly blocking: Blocking;
  readonly scripts: Scripts;
  readonly startedAtMs: number;
  readonly runId: string;
  readonly counters: { commands: number; connections: number; rejected: number; expired: number };
  port: number;
}

const databaseCount = 16;

/** A server without data and without clients. */
export function createInstance(dependencies: Dependencies): Instance {
  const startedAtMs = dependencies.clock.now();
  const time = { nowMs: startedAtMs };
  const databases = Array.from({ length: databaseCount }, (_, index) => new Database(index, time));
  const blocking = new Blocking(dependencies.clock);
  for (const database of databases) database.onChange = (key) => blocking.noteChange(database, key);
  return {
    ...dependencies,
    time,
    databases,
    sessions: new Map(),
    pubSub: new PubSub(),
    blocking,
    scripts: new Scripts(dependencies.findCommand),
    startedAtMs,
    runId: randomBytes(20).toString('hex'),
    counters: { commands: 0, connections: 0, rejected: 0, expired: 0 },
    port: 0,
  };
}

/** The first database, where every session begins. */
export function firstDatabase({ databases }: Instance): Database {
  const [first] = databases;
  if (first === undefined) throw new Error('a server has databases');
  return first;
}
