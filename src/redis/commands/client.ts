import { refuse, syntaxError } from '../command-error.ts';
import { readInteger } from '../numbers/integers.ts';
import { errorReply, noReply, ok, verbatim, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { readClientName, readLibraryFact } from './client-names.ts';
import { argument, noKeys, type CommandTable, type Handler } from './command.ts';

function setName(args: readonly string[], session: Session): Reply {
  session.name = readClientName(argument(args, 0));
  return ok;
}

function setInfo(args: readonly string[], session: Session): Reply {
  const [attribute, value] = [argument(args, 0), argument(args, 1)];
  const name = attribute.toLowerCase();
  if (name === 'lib-name') session.libraryName = readLibraryFact(attribute, value);
  else if (name === 'lib-ver') session.libraryVersion = readLibraryFact(attribute, value);
  else refuse(`ERR Unrecognized option '${attribute}'`);
  return ok;
}

function listClients(args: readonly string[], { instance }: Session): Reply {
  const sessions = selectSessions(args, [...instance.sessions.values()]);
  return verbatim(sessions.map((session) => `${describe(session)}\n`).join(''));
}

function selectSessions(args: readonly string[], sessions: readonly Session[]): readonly Session[] {
  const [option, ...values] = args;
  if (option === undefined) return sessions;
  if (option.toUpperCase() === 'ID' && values.length > 0) {
    const ids = new Set(values.map((value) => readInteger(value, 'ERR Invalid client ID')));
    return sessions.filter(({ id }) => ids.has(id));
  }
  if (option.toUpperCase() === 'TYPE' && values.length === 1) return ofType(argument(values, 0), sessions);
  return refuse(syntaxError);
}

function ofType(text: string, sessions: readonly Session[]): readonly Session[] {
  const type = text.toLowerCase();
  if (type === 'normal') return sessions.filter(({ subscriptionCount }) => subscriptionCount === 0);
  if (type === 'pubsub') return sessions.filter(({ subscriptionCount }) => subscriptionCount > 0);
  return type === 'master' || type === 'replica' || type === 'slave' ? [] : refuse(`ERR Unknown client type '${text}'`);
}

/** A line of CLIENT LIST; what this server does not know is left out. */
function describe(session: Session): string {
  const { instance, transport } = session;
  const seconds = (sinceMs: number): number => Math.max(0, Math.floor((instance.time.nowMs - sinceMs) / 1000));
  const facts: readonly (readonly [string, string | number])[] = [
    ['id', session.id],
    ['addr', transport.address],
    ['laddr', transport.localAddress],
    ['name', session.name],
    ['age', seconds(session.connectedAtMs)],
    ['idle', seconds(session.lastActiveMs)],
    ['flags', flagsOf(session)],
    ['db', session.database.index],
    ['sub', session.channels.size],
    ['psub', session.patterns.size],
    ['ssub', 0],
    ['multi', session.transaction?.commands.length ?? -1],
    ['watch', session.watchCount],
    ['cmd', session.lastCommand],
    ['user', 'default'],
    ['redir', -1],
    ['resp', session.protocol],
    ['lib-name', session.libraryName],
    ['lib-ver', session.libraryVersion],
  ];
  return facts.map(([name, value]) => `${name}=${value}`).join(' ');
}

function flagsOf(session: Session): string {
  const flags = [
    session.blocked === undefined ? '' : 'b',
    session.transaction === undefined ? '' : 'x',
    session.subscriptionCount === 0 ? '' : 'P',
    session.isNoEvict ? 'e' : '',
    session.isNoTouch ? 'T' : '',
  ].join('');
  return flags === '' ? 'N' : flags;
}

function setReplyMode(args: readonly string[], session: Session): Reply {
  const mode = argument(args, 0).toUpperCase();
  if (mode === 'ON') session.replyMode = 'on';
  else if (mode === 'OFF') session.replyMode = 'off';
  else if (mode !== 'SKIP') refuse(syntaxError);
  else if (session.replyMode !== 'off') session.replyMode = 'skip-next';
  return mode === 'ON' ? ok : noReply;
}

function setFlag(apply: (session: Session, isOn: boolean) => void): Handler {
  return (args, session) => {
    const word = argument(args, 0).toUpperCase();
    if (word !== 'ON' && word !== 'OFF') refuse(syntaxError);
    apply(session, word === 'ON');
    return ok;
  };
}

function unblockClient(args: readonly string[], { instance }: Session): Reply {
  const id = readInteger(argument(args, 0));
  const how = args[1]?.toUpperCase() ?? 'TIMEOUT';
  if (args.length > 2 || (how !== 'TIMEOUT' && how !== 'ERROR'))
    refuse('ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR');
  const session = instance.sessions.get(id);
  if (session?.blocked === undefined) return 0;
  const unblocked = errorReply('UNBLOCKED client unblocked via CLIENT UNBLOCK');
  instance.blocking.release(session, how === 'ERROR' ? unblocked : session.blocked.onTimeout);
  return 1;
}

const flags = 'noscript loading stale';
const plain = { flags, keys: noKeys };

export const clientCommands: CommandTable = {
  client: {
    arity: -2,
    flags: '',
    keys: noKeys,
    subcommands: {
      id: { arity: 2, ...plain, run: (_args, { id }) => id },
      getname: { arity: 2, ...plain, run: (_args, { name }) => (name === '' ? null : name) },
      setname: { arity: 3, ...plain, run: setName },
      setinfo: { arity: 4, ...plain, run: setInfo },
      info: { arity: 2, ...plain, run: (_args, session) => verbatim(`${describe(session)}\n`) },
      list: { arity: -2, flags: `admin ${flags}`, keys: noKeys, run: listClients },
      reply: { arity: 3, ...plain, run: setReplyMode },
      unblock: { arity: -3, flags: `admin ${flags}`, keys: noKeys, run: unblockClient },
      'no-evict': {
        arity: 3,
        flags: `admin ${flags}`,
        keys: noKeys,
        run: setFlag((session, isOn) => (session.isNoEvict = isOn)),
      },
      'no-touch': { arity: 3, ...plain, run: setFlag((session, isOn) => (session.isNoTouch = isOn)) },
    },
  },
};
