import type { OpenWorkspace } from '../app/open-workspace.ts';
import { followLogs } from '../app/operate/read-logs.ts';
import { down } from '../app/system/down.ts';
import { placeOf } from '../app/system/place-of.ts';
import { up, type UpRequest } from '../app/system/up.ts';
import type { WorkspaceChange, WorkspaceWatch } from '../app/system/watch-workspace.ts';
import { exitCodes, MsaError } from '../model/errors.ts';
import type { StopSignal } from '../ports/stop-signal.ts';
import type { CommandResult } from './arguments/command.ts';
import type { Deps } from './deps.ts';
import { withProgress } from './progress/with-progress.ts';
import { printLogs } from './render/print-logs.ts';
import { reportUp } from './render/report-up.ts';
import { withSystem } from './running.ts';
import { describeError, renderError } from './terminal/render-error.ts';

interface Stay {
  readonly opened: OpenWorkspace;
  readonly request: UpRequest;
  /** When the first `up` began. */
  readonly since: Date;
  /** What came of it. */
  readonly report: CommandResult;
  /** Show logs, and stop the system at the end. */
  readonly attach: boolean;
  /** Apply changes; undefined: leave them. */
  readonly watching: WorkspaceWatch | undefined;
}

/** Stays with a system that is up, until Ctrl-C: shows what it writes, and applies changes of the workspace. */
export async function stayUp(all: Deps, stay: Stay): Promise<CommandResult> {
  const { opened, request, since, report, attach, watching } = stay;
  const stopper = all.createStopper(all.signal);
  // Between lines of a log nothing can be drawn anew.
  const deps = { ...all, liveView: undefined };
  tell(deps, report);
  const end = attach ? 'stops the system' : 'ends the watching, the system goes on';
  deps.say(`${watching === undefined ? 'Showing logs' : 'Watching for changes'}. Ctrl-C ${end}.`);
  // When one of them ends, be it for an error, so does the other.
  const ending = <Result>(work: Promise<Result>): Promise<Result> => work.finally(() => stopper.stop(undefined));
  await Promise.all([
    attach ? ending(showLogs(deps, since, stopper.signal)) : undefined,
    watching === undefined ? undefined : ending(applyChanges(deps, { watching, request, signal: stopper.signal })),
  ]);
  if (attach) await stop(deps, opened);
  return { data: undefined, text: '', ...(all.signal.aborted ? { exitCode: exitCodes.interrupted } : {}) };
}

function tell({ output, say, colors }: Deps, { data, text, failure }: CommandResult): void {
  if (output.json) output.record({ ...data, ...(failure === undefined ? {} : { error: describeError(failure) }) });
  else if (failure === undefined) output.line(text);
  if (failure !== undefined) say(renderError(failure, colors));
}

async function showLogs(deps: Deps, since: Date, stopped: StopSignal): Promise<void> {
  const stopper = deps.createStopper(stopped);
  deps.output.closed.addEventListener('abort', () => stopper.stop(undefined), { once: true });
  const { signal } = stopper;
  await withSystem(deps, async ({ engine, observation, services }) => {
    const ids = observation.instances.filter(({ role }) => role === 'service').map(({ id }) => id);
    const request = { instances: ids, tail: undefined, since, signal };
    const startedAt = deps.clock.date();
    const isWanted = (instance: string): boolean => services.includes(instance.replace(/-\d+$/, ''));
    const lines = followLogs(engine, request, { isWanted, startedAt });
    await printLogs(lines, deps, { units: services, ids, raw: false, timestamps: false });
  }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

interface Watched {
  readonly watching: WorkspaceWatch;
  readonly request: UpRequest;
  readonly signal: StopSignal;
}

async function applyChanges(deps: Deps, { watching, request, signal }: Watched): Promise<void> {
  try {
    for await (const change of watching.changes(signal)) await applyChange(deps, change, request);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Whatever is wrong with a change: it is told, the running system stays, and the next change may repair it. */
async function applyChange(deps: Deps, change: WorkspaceChange, request: UpRequest): Promise<void> {
  try {
    if ('problem' in change) throw change.problem;
    const { opened } = change;
    // What was built anew once because it was asked for is built from now on when it changes.
    const next = { ...request, rebuild: false, onEngine: () => undefined };
    const result = await withProgress(deps, (system) => up(system, opened, next));
    if (result.failure === undefined && result.plan.operations.length === 0) return;
    const { data, failure } = reportUp(result, opened.workspace.name, deps.colors);
    tell(deps, {
      data,
      text: deps.colors.green('The change is applied.'),
      ...(failure === undefined ? {} : { failure }),
    });
  } catch (error) {
    if (deps.signal.aborted || !(error instanceof MsaError)) throw error;
    tell(deps, { data: { type: 'result' }, text: '', failure: error });
  }
}

/** The signal of Ctrl-C has done its work: this must not be stopped by it. */
async function stop(deps: Deps, opened: OpenWorkspace): Promise<void> {
  const { signal } = new AbortController();
  const place = await placeOf(deps, opened);
  await withProgress({ ...deps, signal }, (system) => down(system, place, { data: false }));
}
