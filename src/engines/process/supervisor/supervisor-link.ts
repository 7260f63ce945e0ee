import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { MsaError } from '../../../model/errors.ts';
import type { Place } from '../../../ports/engine.ts';
import {
  supervisorPaths,
  type PortTable,
  type SupervisorConfig,
  type SupervisorState,
} from '../../../protocol/supervisor-api.ts';
import type { EngineOptions } from '../../create-engines.ts';
import { makeRunDirectory, runDirectoryOf } from '../run-directory.ts';
import { explainRefusal } from './explain-refusal.ts';
import {
  findRuntimeFiles,
  makeRuntimeDirectory,
  runtimeDirectories,
  runtimeFilesOf,
  type RuntimeFiles,
} from './runtime-directory.ts';
import { readRecord } from './records.ts';
import { reapLeftovers, startSupervisor, supervisorProgram } from './start-supervisor.ts';
import {
  callSupervisor,
  readSupervisorLines,
  SupervisorGone,
  SupervisorSilent,
  type SupervisorCall,
} from './supervisor-client.ts';

interface Patience {
  /** How long a supervisor may take to answer. */
  readonly answerMs: number;
  /** How long another supervisor may be starting or ending before that is an error. */
  readonly changingMs: number;
}

const changingWithinMs = 20_000;
const patience: Patience = { answerMs: 5000, changingMs: changingWithinMs };
const pollMs = 25;

const noPorts: PortTable = {
  gateway: 0,
  gatewayBind: '',
  gatewayAdmin: 0,
  registry: 0,
  redis: 0,
  postgres: 0,
  edges: {},
};

/** One workspace's supervisor as msa reaches it, whether or not there is one right now. */
export class SupervisorLink {
  readonly #options: EngineOptions;
  readonly #place: Place;

  constructor(options: EngineOptions, place: Place) {
    this.#options = options;
    this.#place = place;
  }

  /** What runs; undefined when there is no supervisor. What a killed one left is ended first. */
  async state({ answerMs, changingMs } = patience): Promise<SupervisorState | undefined> {
    const deadline = Date.now() + changingMs;
    for (;;) {
      const files = this.#find();
      if (files === undefined) return undefined;
      try {
        const call = { method: 'GET', path: supervisorPaths.state, timeoutMs: answerMs } as const;
        return await callSupervisor<SupervisorState>(files.socket, call);
      } catch (error) {
        if (error instanceof SupervisorSilent) throw silentError(readRecord(files.stateFile)?.owner.pid);
        if (!(error instanceof SupervisorGone)) throw error;
      }
      const greeting = await reapLeftovers(this.#program, this.#configOf(files, noPorts));
      if (greeting.kind === 'reaped') return undefined;
      if (greeting.kind === 'failed') throw reapError(greeting.message);
      if (Date.now() > deadline) throw silentError(greeting.kind === 'occupied' ? greeting.pid : undefined);
      await sleep(pollMs);
    }
  }

  /** As state, but throws MSA_NOT_RUNNING when there is no supervisor. */
  async required(): Promise<SupervisorState> {
    const state = await this.state();
    if (state !== undefined) return state;
    throw this.#notRunning();
  }

  /** Starts the supervisor unless there is one, and gives its state. */
  async start(ports: PortTable): Promise<SupervisorState> {
    const present = await this.state();
    if (present !== undefined) return present;
    const { root } = this.#place;
    const { logs, state, supervisorLog } = runDirectoryOf(root);
    for (const directory of [logs, state]) makeRunDirectory(root, directory);
    const files = runtimeFilesOf(makeRuntimeDirectory(runtimeDirectories(this.#options.env)), this.#place.workspace);
    const greeting = await startSupervisor(this.#program, this.#configOf(files, ports), supervisorLog);
    if (greeting.kind === 'failed')
      throw new MsaError('MSA_ENGINE_FAILED', `the supervisor could not be started: ${greeting.message}`);
    const started = await this.state();
    if (started === undefined) throw new MsaError('MSA_ENGINE_FAILED', 'the supervisor ended right after its start');
    return started;
  }

  /** Asks the supervisor something. Throws MSA_NOT_RUNNING when there is none. */
  async call<Answer = unknown>(call: SupervisorCall): Promise<Answer> {
    try {
      return await callSupervisor<Answer>(this.#files().socket, call);
    } catch (error) {
      throw explainRefusal(error);
    }
  }

  /** As call, for an answer that comes line by line. */
  async *lines<Line>(call: SupervisorCall): AsyncGenerator<Line> {
    try {
      yield* readSupervisorLines<Line>(this.#files().socket, call);
    } catch (error) {
      throw explainRefusal(error);
    }
  }

  /** Stops everything and the supervisor; done when none of its files is left. */
  async close(): Promise<void> {
    const state = await this.state();
    const files = this.#find();
    if (state === undefined || files === undefined) return;
    await this.call({ method: 'DELETE', path: supervisorPaths.state });
    const deadline = Date.now() + changingWithinMs;
    while (isRunning(state.pid)) {
      if (Date.now() > deadline) throw silentError(state.pid);
      await sleep(pollMs);
    }
  }

  get #program(): string {
    return supervisorProgram(this.#options.programsDirectory);
  }

  #find(): RuntimeFiles | undefined {
    return findRuntimeFiles(runtimeDirectories(this.#options.env), this.#place.workspace);
  }

  #files(): RuntimeFiles {
    const files = this.#find();
    if (files !== undefined && existsSync(files.socket)) return files;
    throw this.#notRunning();
  }

  #notRunning(): MsaError {
    return new MsaError('MSA_NOT_RUNNING', `${this.#place.name} does not run`, { hint: 'Start it: msa up' });
  }

  #configOf({ socket, stateFile }: RuntimeFiles, ports: PortTable): SupervisorConfig {
    const { workspace, root } = this.#place;
    const { logs, state } = runDirectoryOf(root);
    return { mode: 'run', workspace, root, socket, stateFile, logDirectory: logs, stateDirectory: state, ports };
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function reapError(message: string): MsaError {
  return new MsaError('MSA_ENGINE_FAILED', `what a killed supervisor left could not be cleared away: ${message}`);
}

function silentError(pid: number | undefined): MsaError {
  const who = pid === undefined ? 'the supervisor' : `the supervisor (pid ${pid})`;
  return new MsaError('MSA_ENGINE_FAILED', `${who} lives but does not answer`, {
    hint: pid === undefined ? 'Run the command again.' : `End it, then run the command again: kill -9 ${pid}`,
  });
}
