import { refuse, syntaxError } from '../command-error.ts';
import { createGlobMatcher } from '../match-glob.ts';
import { map, set, status, type Reply } from '../resp/reply.ts';
import { noKeys, type Command, type CommandTable } from './command.ts';

/** COMMAND, which tells about a table and about itself. */
export function createIntrospection(table: CommandTable): CommandTable {
  const asked = { flags: 'loading stale', keys: noKeys };
  const all: Map<string, Command> = new Map(Object.entries(table));
  const command: Command = {
    arity: -1,
    flags: 'loading stale',
    keys: noKeys,
    run: () => Array.from(all, ([name, each]) => describe(name, each)),
    subcommands: {
      count: { arity: 2, ...asked, run: () => all.size },
      list: { arity: -2, ...asked, run: (args) => listNames(args, [...all.keys()]) },
      info: { arity: -2, ...asked, run: (args) => describeAll(args.length > 0 ? args : [...all.keys()], all) },
      // Known to redis-cli alone, which does without.
      docs: { arity: -2, ...asked, run: () => map([]) },
    },
  };
  all.set('command', command);
  return { command };
}

function describeAll(names: readonly string[], all: ReadonlyMap<string, Command>): Reply {
  return names.map((name) => {
    const command = all.get(name.toLowerCase());
    return command === undefined ? null : describe(name.toLowerCase(), command);
  });
}

function listNames(args: readonly string[], names: readonly string[]): Reply {
  const [filterBy, kind, pattern] = args.map((word) => word.toUpperCase());
  if (filterBy === undefined) return names;
  if (filterBy !== 'FILTERBY' || kind !== 'PATTERN' || pattern === undefined || args.length > 3) refuse(syntaxError);
  return names.filter(createGlobMatcher(pattern.toLowerCase()));
}

/** Name, arity, flags, the key positions, then what Redis 7 added, of which there is only the subcommands. */
function describe(name: string, { arity, flags, keys, subcommands }: Command): Reply {
  const flagReplies = flags
    .split(' ')
    .filter((flag) => flag !== '')
    .map(status);
  const parts = Object.entries(subcommands ?? {}).map(([part, command]) => describe(`${name}|${part}`, command));
  return [name, arity, set(flagReplies), ...keys, set([]), set([]), [], parts];
}
