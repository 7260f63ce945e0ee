import { markerVariables, type JobMessage, type JobRequest } from '../protocol/supervisor-api.ts';
import { collectOutput } from './instances/collect-output.ts';
import { spawnChild, SpawnError, type Child } from './instances/spawn-child.ts';
import { killFamily, sendSignal } from './processes/end-processes.ts';
import type { RecordKeeper } from './runtime/record-keeper.ts';

type Tell = (message: JobMessage) => Promise<void>;

/** Commands that end by themselves: installations, builds, the making of a database. */
export class Jobs {
  readonly #workspace: string;
  readonly #record: RecordKeeper;
  /** The last job of each folder, for the next to wait for. */
  readonly #queues = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  #count = 0;

  constructor(workspace: string, record: RecordKeeper) {
    this.#workspace = workspace;
    this.#record = record;
  }

  /** Runs a job when those before it in its folder are done. A signal ends it and everything it has started. */
  async run(request: JobRequest, tell: Tell, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const before = this.#queues.get(request.directory) ?? Promise.resolve();
    const job = before.then(() => (either.aborted ? undefined : this.#runNow(request, tell, either)));
    const settled = job.catch(() => {});
    this.#queues.set(request.directory, settled);
    await job;
    if (this.#queues.get(request.directory) === settled) this.#queues.delete(request.directory);
  }

  /** Ends all jobs. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#queues.values());
  }

  async #runNow({ name, command, directory, env, owner }: JobRequest, tell: Tell, signal: AbortSignal): Promise<void> {
    this.#count += 1;
    const id = `${name}#${this.#count}`;
    const markers = { [markerVariables.workspace]: this.#workspace, [markerVariables.instance]: id };
    this.#record.setGroup(id, null);
    try {
      const child = await spawnChild({ command, directory, env: { ...env, ...markers }, owner });
      this.#record.setGroup(id, child.identity);
      const exitCode = await this.#follow(child, tell, { signal, markers });
      await tell({ type: 'end', exitCode });
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      await tell({ type: 'refused', message: error.message });
    } finally {
      this.#record.removeGroup(id);
    }
  }

  async #follow(
    child: Child,
    tell: Tell,
    { signal, markers }: { readonly signal: AbortSignal; readonly markers: Readonly<Record<string, string>> },
  ): Promise<number> {
    const { identity } = child;
    // An installation that is broken off is repeated as a whole: nothing is gained by asking it politely.
    const kill = (): void => void sendSignal(-identity.pid, 'SIGKILL');
    signal.addEventListener('abort', kill, { once: true });
    if (signal.aborted) kill();
    const output = collectOutput(child, async (_stream, lines) => {
      for (const line of lines) await tell({ type: 'line', text: line.toString() });
    });
    const { exitCode } = await child.ended;
    signal.removeEventListener('abort', kill);
    kill();
    await killFamily({ leaders: [], markers });
    await output.finish();
    return exitCode;
  }
}
