import { refuse } from '../command-error.ts';
import { readBigInteger } from '../numbers/integers.ts';
import { ok, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { argument, noKeys, type CommandTable } from './command.ts';

function readCall(args: readonly string[]): {
  readonly keys: readonly string[];
  readonly parameters: readonly string[];
} {
  const count = Number(readBigInteger(argument(args, 1)));
  const rest = args.slice(2);
  if (count > rest.length) refuse("ERR Number of keys can't be greater than number of args");
  if (count < 0) refuse("ERR Number of keys can't be negative");
  return { keys: rest.slice(0, count), parameters: rest.slice(count) };
}

function evaluate(args: readonly string[], session: Session): Reply {
  return session.instance.scripts.runText(argument(args, 0), readCall(args), session);
}

function evaluateKnown(args: readonly string[], session: Session): Reply {
  return session.instance.scripts.runKnown({ sha1: argument(args, 0), ...readCall(args) }, session);
}

function load(args: readonly string[], { instance }: Session): Reply {
  return instance.scripts.remember(argument(args, 0), true);
}

function flush(args: readonly string[], { instance }: Session): Reply {
  const [mode = 'sync', ...others] = args.map((word) => word.toLowerCase());
  if (others.length > 0 || (mode !== 'sync' && mode !== 'async'))
    refuse('ERR SCRIPT FLUSH only support SYNC|ASYNC option');
  instance.scripts.clear();
  return ok;
}

const evalFlags = 'noscript stale skip_monitor no_mandatory_keys movablekeys';
const flags = 'noscript';

export const scriptingCommands: CommandTable = {
  eval: { arity: -3, flags: evalFlags, keys: noKeys, run: evaluate },
  evalsha: { arity: -3, flags: evalFlags, keys: noKeys, run: evaluateKnown },
  script: {
    arity: -2,
    flags: '',
    keys: noKeys,
    subcommands: {
      load: { arity: 3, flags: 'noscript stale', keys: noKeys, run: load },
      exists: {
        arity: -3,
        flags,
        keys: noKeys,
        run: (names, { instance }) => names.map((name) => Number(instance.scripts.has(name))),
      },
      flush: { arity: -2, flags, keys: noKeys, run: flush },
    },
  },
};
