import { parentPort, workerData } from 'node:worker_threads';

import type { CallMessage, CallResult, ContextFacts, FromThread, ThreadStart, ToThread } from '../messages.ts';
import { LineBudget } from '../line-budget.ts';
import { createErrorDescriber } from './describe-error.ts';
import { formatLog } from './format-log.ts';
import { loadFilter } from './load-filter.ts';
import type { LoadedFilter } from './load-filter.ts';
import { readReply } from './read-reply.ts';
import { problemView, RequestView, ResponseView } from './views.ts';

/*
 * The program of a filter's thread: loads the user's code, runs its stages for the gateway, and says what came of it.
 * What a filter starts and does not wait for ends the thread when it fails, as it would end a program.
 */

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- thread.ts starts it so.
const { name, code, taken, droppedLines } = workerData as ThreadStart;
const file = `gateway/filters/${name}.js`;
const counter = new Int32Array(taken);
const dropped = new Int32Array(droppedLines);
const budget = new LineBudget();
const describe = createErrorDescriber(code, file);
const state = new Map<string, unknown>();
const maxBytesOutsideHeap = 64 * 1024 * 1024;
const lookMs = 500;

function tell(message: FromThread): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread is no window.
  parentPort?.postMessage(message);
}

/** Lines that are too many end here: the gateway could not even take note of all that a loop can write. */
function log(level: string, parts: readonly unknown[], requestId: string): void {
  if (!budget.take()) return void Atomics.add(dropped, 0, 1);
  tell({ kind: 'log', level, text: formatLog(parts), requestId });
}

/** What a filter prints goes into the gateway's log. */
function redirectConsole(): void {
  for (const [method, level] of Object.entries({
    log: 'info',
    info: 'info',
    debug: 'debug',
    warn: 'warn',
    error: 'error',
  }))
    Object.assign(globalThis.console, { [method]: (...parts: unknown[]) => log(level, parts, '') });
}

function start(): LoadedFilter | undefined {
  try {
    const loaded = loadFilter(code, file);
    tell({ kind: 'ready', stages: loaded.stages, maxBodyBytes: loaded.maxBodyBytes });
    return loaded;
  } catch (error) {
    tell({ kind: 'broken', problem: describe(error) });
    return undefined;
  }
}

interface Context extends Omit<ContextFacts, 'notes'> {
  readonly notes: Record<string, unknown>;
  readonly filter: string;
  readonly state: Map<string, unknown>;
  readonly log: (...parts: readonly unknown[]) => void;
}

function contextOf({ context }: CallMessage): Context {
  return {
    ...context,
    notes: { ...context.notes },
    filter: name,
    state,
    log: (...parts) => log('info', parts, context.requestId),
  };
}

async function call(filter: LoadedFilter, message: CallMessage): Promise<void> {
  const { id } = message;
  Atomics.add(counter, 0, 1);
  try {
    const context = contextOf(message);
    const result = await runStage(filter, message, context);
    const notes = Object.keys(context.notes).length === 0 ? {} : { notes: context.notes };
    tell({ kind: 'done', id, result: { ...result, ...notes } });
  } catch (error) {
    tell({ kind: 'failed', id, problem: describe(error) });
  }
}

function runStage(filter: LoadedFilter, { stage, subject }: CallMessage, context: Context): Promise<CallResult> {
  if (stage === 'pre' && 'query' in subject)
    return runPre(filter, new RequestView(subject, context.method), { context, services: subject.services });
  if (stage === 'post' && 'status' in subject) return runPost(filter, new ResponseView(subject), context);
  if (stage === 'error' && 'problem' in subject) return runError(filter, problemView(subject), context);
  throw new Error(`there is no stage ${stage}`);
}

interface Choice {
  readonly context: Context;
  readonly services: readonly string[];
}

async function runPre(filter: LoadedFilter, view: RequestView, { context, services }: Choice): Promise<CallResult> {
  const reply = readReply(await filter.run('pre', view, context));
  const changes = { ...fieldsOf(view), ...view.changed };
  if (reply.answer !== undefined || reply.refusal !== undefined) return { ...changes, ...reply };
  const service = await filter.run('route', view, context);
  const after = { ...fieldsOf(view), ...view.changed };
  if (service === undefined) return after;
  if (typeof service === 'string' && services.includes(service)) return { ...after, service };
  const allowed = services.length === 0 ? 'msa.yaml lists none for it' : `msa.yaml lists ${services.join(', ')}`;
  throw new TypeError(`route chose ${JSON.stringify(service)}, but ${allowed}`);
}

async function runPost(filter: LoadedFilter, view: ResponseView, context: Context): Promise<CallResult> {
  await filter.run('post', view, context);
  return { ...fieldsOf(view), ...view.changed };
}

async function runError(filter: LoadedFilter, problem: Record<string, unknown>, context: Context): Promise<CallResult> {
  const returned = await filter.run('error', problem, context);
  const shaped = typeof returned === 'object' && returned !== null ? returned : problem;
  return { problem: { ...shaped } };
}

function fieldsOf({ headers }: RequestView | ResponseView): Pick<CallResult, 'fields'> {
  return headers.changes.length === 0 ? {} : { fields: headers.changes };
}

/** The limits of a thread count its heap alone; bytes lie outside of it. Ending with an error ends the thread. */
function refuseManyBytes(): void {
  if (process.memoryUsage().arrayBuffers > maxBytesOutsideHeap) throw new Error('it used more memory than it may');
}

redirectConsole();
setInterval(refuseManyBytes, lookMs).unref();
const filter = start();
parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'ping') tell({ kind: 'pong' });
  else if (filter) void call(filter, message);
});
