import { setTimeout as sleep } from 'node:timers/promises';

import { programVariables } from '../../protocol/programs.ts';
import {
  markerVariables,
  type LaunchRequest,
  type ProcessIdentity,
  type SupervisedInstance,
} from '../../protocol/supervisor-api.ts';
import type { LogWriter } from '../logs/log-writer.ts';
import { groupLives, killFamily, sendSignal, type Family } from '../processes/end-processes.ts';
import { collectOutput, type CollectedOutput } from './collect-output.ts';
import { decideRestart, noCrashes, type Crash, type CrashHistory } from './restart-policy.ts';
import { spawnChild, type Child, type ChildEnd } from './spawn-child.ts';

/** What an instance needs of the supervisor around it. */
export interface InstanceSurroundings {
  readonly workspace: string;
  readonly log: LogWriter;
  /** The port for the next run: the one given if it is still free. */
  readonly choosePort: (last: number | undefined) => Promise<number>;
  /** All variables of a run on a port. */
  readonly environmentOf: (port: number) => Readonly<Record<string, string>>;
  /** Enters the group into the record, before it exists and once it does. */
  readonly recordGroup: (leader: ProcessIdentity | null) => void;
  /** Something that others see has changed. */
  readonly changed: () => void;
}

interface Run {
  readonly child: Child;
  readonly startedAt: number;
  readonly output: CollectedOutput;
}

/** What shells say of a program that could not be started. */
const notStarted = 127;
const pollMs = 20;

/** One supervised program: started again when it crashes, until it is stopped or has crashed too often. */
export class Instance {
  readonly request: LaunchRequest;
  readonly #surroundings: InstanceSurroundings;
  #state: SupervisedInstance['state'] = 'starting';
  #run: Run | undefined;
  #port = 0;
  #startedAt: number | undefined;
  #restarts = 0;
  #lastEnd: ChildEnd | undefined;
  #history: CrashHistory = noCrashes;
  #provoked = false;
  #stopping = false;
  #draining = false;
  #waiting: { readonly timer: NodeJS.Timeout; readonly until: number } | undefined;
  /** The step that is being taken, for whoever must not overtake it; never rejects. */
  #busy: Promise<void> = Promise.resolve();

  constructor(request: LaunchRequest, surroundings: InstanceSurroundings) {
    this.request = request;
    this.#surroundings = surroundings;
  }

  get view(): SupervisedInstance {
    const { id, unit, role, index, hash } = this.request;
    return {
      id,
      unit,
      role,
      index,
      hash,
      state: this.#state,
      draining: this.#draining,
      restarts: this.#restarts,
      exitCode: this.#lastEnd?.exitCode ?? null,
      startedAt: this.#startedAt === undefined ? null : new Date(this.#startedAt).toISOString(),
      port: this.#port,
      secure: programVariables.certFile in this.request.env && this.request.role === 'gateway',
      pid: this.#run?.child.identity.pid ?? null,
    };
  }

  get lastSignal(): string | undefined {
    return this.#lastEnd?.signal;
  }

  get nextStartAt(): Date | undefined {
    return this.#waiting && new Date(this.#waiting.until);
  }

  /** Everything that belongs to it, wherever it has gone. */
  get family(): Family {
    return {
      leaders: this.#run === undefined ? [] : [this.#run.child.identity],
      markers: {
        [markerVariables.workspace]: this.#surroundings.workspace,
        [markerVariables.instance]: this.request.id,
      },
    };
  }

  /** Starts its program for the first time; throws SpawnError, and is then as if it had never been. */
  async start(): Promise<void> {
    const begun = this.#begin();
    this.#busy = begun.catch(() => {});
    await begun;
  }

  /** Takes it out of service: who reads the table sends it nothing new. */
  drain(): void {
    this.#draining = true;
    this.#surroundings.changed();
  }

  /** Ends its program as a crash would; false when none runs. */
  crash(): boolean {
    if (this.#run === undefined || this.#state !== 'running') return false;
    this.#provoked = true;
    return sendSignal(-this.#run.child.identity.pid, 'SIGKILL');
  }

  /**
   * Asks the program to end, then what is left of its group, and ends by force what has not ended within the time. The
   * program is asked first, because it may pass the signal on, and many take a second one as "at once".
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#waiting?.timer);
    this.#waiting = undefined;
    await this.#busy;
    if (this.#run !== undefined) await this.#endRun(this.#run, graceMs);
    this.#state = 'gone';
    this.#surroundings.changed();
  }

  async #endRun(run: Run, graceMs: number): Promise<void> {
    const { pid } = run.child.identity;
    const deadline = Date.now() + graceMs;
    sendSignal(pid, this.request.stopSignal ?? 'SIGTERM');
    await Promise.race([run.child.ended, sleep(graceMs, undefined, { ref: false })]);
    sendSignal(-pid, 'SIGTERM');
    while (Date.now() < deadline && groupLives(pid)) await sleep(pollMs);
    sendSignal(-pid, 'SIGKILL');
    await run.child.ended;
    await this.#clearAway(run);
  }

  async #begin(): Promise<void> {
    const { command, directory, owner } = this.request;
    const { log } = this.#surroundings;
    this.#port = await this.#surroundings.choosePort(this.#port === 0 ? undefined : this.#port);
    if (this.#stopping) return;
    this.#surroundings.recordGroup(null);
    const child = await spawnChild({ command, directory, env: this.#surroundings.environmentOf(this.#port), owner });
    const startedAt = Date.now();
    const output = collectOutput(child, (stream, lines) => log.append(stream, lines));
    const run = { child, startedAt, output };
    this.#run = run;
    this.#startedAt = startedAt;
    this.#state = 'running';
    void child.ended.then((end) => this.#afterEnd(run, end));
    this.#surroundings.recordGroup(child.identity);
    this.#surroundings.changed();
  }

  #afterEnd(run: Run, end: ChildEnd): void {
    this.#lastEnd = end;
    if (this.#stopping) return;
    // What is left of the group would hold the port.
    sendSignal(-run.child.identity.pid, 'SIGKILL');
    const crash = { livedMs: Date.now() - run.startedAt, provoked: this.#provoked };
    this.#provoked = false;
    const restartAfterMs = end.exitCode === 0 ? undefined : this.#afterCrash(crash);
    this.#state = restartAfterMs === undefined ? 'gone' : 'restarting';
    this.#surroundings.changed();
    this.#busy = this.#clearAway(run).then(() => this.#startLater(restartAfterMs));
  }

  /** How long to wait for the next start; undefined when there shall be none. */
  #afterCrash(crash: Crash): number | undefined {
    const decision = decideRestart(this.#history, crash);
    if (decision.kind === 'give-up') return undefined;
    this.#history = decision.history;
    return decision.afterMs;
  }

  #startLater(afterMs: number | undefined): void {
    if (afterMs === undefined || this.#stopping) return;
    const timer = setTimeout(() => {
      this.#busy = this.#startAgain();
    }, afterMs);
    this.#waiting = { timer, until: Date.now() + afterMs };
  }

  /** A start that fails is a crash at once: the folder may come back, the disk may get space. */
  async #startAgain(): Promise<void> {
    this.#waiting = undefined;
    this.#restarts += 1;
    try {
      await this.#begin();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await this.#surroundings.log.append('stderr', [Buffer.from(`msa: ${message}`)]);
      this.#lastEnd = { exitCode: notStarted, signal: undefined };
      const restartAfterMs = this.#afterCrash({ livedMs: 0, provoked: false });
      this.#state = restartAfterMs === undefined ? 'gone' : 'restarting';
      this.#surroundings.changed();
      this.#startLater(restartAfterMs);
    }
  }

  /** After an end: nothing of the run is left, and all it wrote is in the log. */
  async #clearAway(run: Run): Promise<void> {
    await killFamily(this.family);
    this.#run = undefined;
    await run.output.finish();
  }
}
