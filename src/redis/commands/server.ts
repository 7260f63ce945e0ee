import { createGlobMatcher } from '../match-glob.ts';
import { map, verbatim, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { noKeys, type CommandTable } from './command.ts';
import { renderInfo } from './render-info.ts';

/** The settings clients ask for before they rely on something. None can be changed. */
function settings({ instance }: Session): readonly (readonly [string, string])[] {
  return [
    ['appendonly', 'no'],
    ['databases', instance.databases.length.toString()],
    ['maxclients', instance.limits.maxClients.toString()],
    ['maxmemory', '0'],
    ['maxmemory-policy', 'noeviction'],
    ['notify-keyspace-events', ''],
    ['port', instance.port.toString()],
    ['proto-max-bulk-len', instance.limits.maxStringBytes.toString()],
    ['requirepass', ''],
    ['save', ''],
    ['tcp-keepalive', '300'],
    ['timeout', '0'],
  ];
}

/** A name without wildcards comes back as it was written. */
function getSettings(patterns: readonly string[], session: Session): Reply {
  const known = settings(session);
  const found = patterns.flatMap((pattern) => {
    const matches = createGlobMatcher(pattern.toLowerCase());
    const isName = !/[*?[]/.test(pattern);
    return known.filter(([name]) => matches(name)).map(([name, value]) => [isName ? pattern : name, value] as const);
  });
  return map([...new Map(found)]);
}

function tellTime(_args: readonly string[], { instance }: Session): Reply {
  const { nowMs } = instance.time;
  return [Math.floor(nowMs / 1000).toString(), (Math.floor(nowMs % 1000) * 1000).toString()];
}

export const serverCommands: CommandTable = {
  info: {
    arity: -1,
    flags: 'loading stale',
    keys: noKeys,
    run: (args, { instance }) => verbatim(renderInfo(args, instance)),
  },
  time: { arity: 1, flags: 'loading stale fast', keys: noKeys, run: tellTime },
  config: {
    arity: -2,
    flags: '',
    keys: noKeys,
    subcommands: { get: { arity: -3, flags: 'admin noscript loading stale', keys: noKeys, run: getSettings } },
  },
};
