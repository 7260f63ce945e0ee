import { refuse } from '../command-error.ts';
import { execute } from '../execute.ts';
import { noReply, nullArray, ok, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { allKeys, noKeys, type CommandTable } from './command.ts';

function begin(_args: readonly string[], session: Session): Reply {
  if (session.transaction !== undefined) refuse('ERR MULTI calls can not be nested');
  session.transaction = { commands: [], bytes: 0, isBroken: false };
  return ok;
}

function discard(_args: readonly string[], session: Session): Reply {
  if (session.transaction === undefined) refuse('ERR DISCARD without MULTI');
  session.transaction = undefined;
  session.unwatch();
  return ok;
}

function executeAll(_args: readonly string[], session: Session): Reply {
  const transaction = session.transaction ?? refuse('ERR EXEC without MULTI');
  const hasConflict = session.hasConflict();
  session.transaction = undefined;
  session.unwatch();
  if (transaction.isBroken) refuse('EXECABORT Transaction discarded because of previous errors.');
  if (hasConflict) return nullArray;
  // Each reply is written at once, for a command may change the protocol, or reply more than once.
  session.write(`*${transaction.commands.length}\r\n`);
  session.isInExec = true;
  for (const { run, args } of transaction.commands) session.reply(execute(run, args, session));
  session.isInExec = false;
  return noReply;
}

function watch(keys: readonly string[], session: Session): Reply {
  if (session.transaction !== undefined) refuse('ERR WATCH inside MULTI is not allowed');
  for (const key of keys) session.watch(key);
  return ok;
}

function unwatch(_args: readonly string[], session: Session): Reply {
  session.unwatch();
  return ok;
}

const flags = 'noscript loading stale fast allow_busy';

export const transactionCommands: CommandTable = {
  multi: { arity: 1, flags, keys: noKeys, run: begin },
  exec: { arity: 1, flags: 'noscript loading stale skip_slowlog', keys: noKeys, run: executeAll },
  discard: { arity: 1, flags, keys: noKeys, run: discard },
  watch: { arity: -2, flags, keys: allKeys, run: watch },
  unwatch: { arity: 1, flags, keys: noKeys, run: unwatch },
};
