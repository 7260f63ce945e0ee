import { CommandError } from './command-error.ts';
import { execute } from './execute.ts';
import { findCall, type Call } from './find-command.ts';
import { errorReply, queued } from './resp/reply.ts';
import type { Session } from './session.ts';

/** What a client with subscriptions may do in RESP2, where a message looks like a reply. */
const allowedToSubscribers: ReadonlySet<string> = new Set([
  'subscribe',
  'unsubscribe',
  'psubscribe',
  'punsubscribe',
  'ping',
  'quit',
  'reset',
]);
const notQueued: ReadonlySet<string> = new Set(['multi', 'exec', 'discard', 'watch', 'quit', 'reset']);

/** Carries out one request of a client and replies to it, then serves those who waited for what it has changed. */
export function runRequest(session: Session, words: readonly string[]): void {
  const { instance } = session;
  instance.time.nowMs = instance.clock.now();
  instance.counters.commands++;
  session.lastActiveMs = instance.time.nowMs;
  session.isExecuting = true;
  const call = findAllowed(session, words);
  if (call !== undefined && needsLua(call, session)) return waitForLua(session, words);
  if (call !== undefined) perform(session, call);
  session.finishCommand();
  instance.blocking.serve();
}

/** Lua is loaded with the first script, also one that is only queued: EXEC cannot wait. */
function needsLua({ name }: Call, { instance }: Session): boolean {
  return instance.scripts.canBeLoaded && (name === 'eval' || name === 'evalsha' || name === 'script|load');
}

/** The client waits, and its request is carried out once Lua is there. */
function waitForLua(session: Session, words: readonly string[]): void {
  const { blocking, scripts } = session.instance;
  const call = {
    database: session.database,
    keys: [],
    type: 'string',
    attempt: () => undefined,
    onTimeout: null,
  } as const;
  session.isExecuting = false;
  blocking.block(session, call, 0);
  void scripts.load().finally(() => {
    // It may have left meanwhile.
    if (session.blocked !== call) return;
    blocking.leave(session);
    session.blocked = undefined;
    runRequest(session, words);
    session.transport.resume();
  });
}

function findAllowed(session: Session, words: readonly string[]): Call | undefined {
  try {
    const call = findCall(words);
    if (session.protocol === 3 || session.subscriptionCount === 0 || allowedToSubscribers.has(call.name)) return call;
    throw new CommandError(
      `ERR Can't execute '${call.name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
    );
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    reject(session, words, error.message);
    return undefined;
  }
}

/** A command that does not even begin breaks the transaction it was meant for; EXEC itself ends it. */
function reject(session: Session, words: readonly string[], message: string): void {
  if (words[0]?.toLowerCase() !== 'exec') {
    if (session.transaction !== undefined) session.transaction.isBroken = true;
    session.reply(errorReply(message));
    return;
  }
  session.transaction = undefined;
  session.unwatch();
  session.reply(errorReply(`EXECABORT Transaction discarded because of: ${message.replace(/^ERR /, '')}`));
}

function perform(session: Session, call: Call): void {
  session.lastCommand = call.name;
  if (session.transaction === undefined || notQueued.has(call.name))
    session.reply(execute(call.run, call.args, session));
  else enqueue(session, call);
}

function enqueue(session: Session, call: Call): void {
  const { transaction, instance } = session;
  if (transaction === undefined) return;
  transaction.commands.push(call);
  for (const { length } of call.args) transaction.bytes += length + 50;
  if (transaction.bytes <= instance.limits.maxRequestBytes) session.reply(queued);
  else session.close();
}
