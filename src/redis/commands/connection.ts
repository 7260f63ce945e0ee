import { refuse } from '../command-error.ts';
import { firstDatabase } from '../instance.ts';
import { readInteger } from '../numbers/integers.ts';
import { map, noReply, ok, status, type Reply } from '../resp/reply.ts';
import type { Protocol } from '../resp/write-reply.ts';
import type { Session } from '../session.ts';
import { serverVersion } from '../version.ts';
import { readClientName } from './client-names.ts';
import { argument, noKeys, wrongArgumentCount, type CommandTable } from './command.ts';

function ping(args: readonly string[], session: Session): Reply {
  if (args.length > 1) refuse(wrongArgumentCount('ping'));
  if (session.protocol === 2 && session.subscriptionCount > 0) return ['pong', args[0] ?? ''];
  return args[0] ?? status('PONG');
}

function quit(_args: readonly string[], session: Session): Reply {
  session.reply(ok);
  session.close();
  return noReply;
}

// As a server without users and passwords: the default user may come in with any password.
function authenticate(args: readonly string[]): Reply {
  if (args.length > 2) refuse('ERR syntax error');
  if (args.length === 1)
    refuse(
      'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
    );
  if (args[0] !== 'default') refuse('WRONGPASS invalid username-password pair or user is disabled.');
  return ok;
}

function hello(args: readonly string[], session: Session): Reply {
  const protocol = args[0] === undefined ? session.protocol : readProtocol(args[0]);
  const name = readHelloOptions(args.slice(1));
  if (name !== undefined) session.name = name;
  session.protocol = protocol;
  return map([
    ['server', 'redis'],
    ['version', serverVersion],
    ['proto', protocol],
    ['id', session.id],
    ['mode', 'standalone'],
    ['role', 'master'],
    ['modules', []],
  ]);
}

function readProtocol(text: string): Protocol {
  const version = readInteger(text, 'ERR Protocol version is not an integer or out of range');
  return version === 2 || version === 3 ? version : refuse('NOPROTO unsupported protocol version');
}

function readHelloOptions(args: readonly string[]): string | undefined {
  let name: string | undefined;
  for (let index = 0; index < args.length; index++) {
    const word = argument(args, index);
    if (word.toUpperCase() === 'AUTH' && index + 2 < args.length) {
      authenticate(args.slice(index + 1, index + 3));
      index += 2;
    } else if (word.toUpperCase() === 'SETNAME' && index + 1 < args.length)
      name = readClientName(argument(args, ++index));
    else refuse(`ERR Syntax error in HELLO option '${word}'`);
  }
  return name;
}

function reset(_args: readonly string[], session: Session): Reply {
  session.leave();
  session.database = firstDatabase(session.instance);
  session.protocol = 2;
  session.name = '';
  session.replyMode = 'on';
  session.isNoEvict = false;
  session.isNoTouch = false;
  return status('RESET');
}

/** There are no replicas: none must be waited for, or the time passes. */
function waitForReplicas(args: readonly string[], session: Session): Reply {
  const wanted = readInteger(argument(args, 0));
  const timeoutMs = readInteger(argument(args, 1), 'ERR timeout is not an integer or out of range');
  if (timeoutMs < 0) refuse('ERR timeout is negative');
  if (wanted <= 0 || session.isInExec) return 0;
  const call = {
    database: session.database,
    keys: [],
    type: 'string' as const,
    attempt: () => undefined,
    onTimeout: 0,
  };
  session.instance.blocking.block(session, call, timeoutMs);
  return noReply;
}

const flags = 'noscript loading stale fast no_auth allow_busy';

export const connectionCommands: CommandTable = {
  ping: { arity: -1, flags: 'fast', keys: noKeys, run: ping },
  echo: { arity: 2, flags: 'loading stale fast', keys: noKeys, run: (args) => argument(args, 0) },
  quit: { arity: -1, flags, keys: noKeys, run: quit },
  auth: { arity: -2, flags, keys: noKeys, run: authenticate },
  hello: { arity: -1, flags, keys: noKeys, run: hello },
  reset: { arity: 1, flags, keys: noKeys, run: reset },
  wait: { arity: 3, flags: 'blocking', keys: noKeys, run: waitForReplicas },
};
