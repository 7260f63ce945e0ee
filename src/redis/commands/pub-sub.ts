import { refuse } from '../command-error.ts';
import { createGlobMatcher } from '../match-glob.ts';
import { noReply, push, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { argument, noKeys, type CommandTable } from './command.ts';

/** One message per channel, each with the number of subscriptions by then. */
function confirm(session: Session, kind: string, channel: string | null): void {
  session.reply(push([kind, channel, session.subscriptionCount]));
}

function subscribe(channels: readonly string[], session: Session): Reply {
  for (const channel of channels) {
    session.instance.pubSub.subscribe(session, channel);
    confirm(session, 'subscribe', channel);
  }
  return noReply;
}

function subscribePatterns(patterns: readonly string[], session: Session): Reply {
  for (const pattern of patterns) {
    session.instance.pubSub.subscribePattern(session, pattern);
    confirm(session, 'psubscribe', pattern);
  }
  return noReply;
}

function unsubscribe(args: readonly string[], session: Session): Reply {
  const channels = args.length > 0 ? args : [...session.channels];
  for (const channel of channels) {
    session.instance.pubSub.unsubscribe(session, channel);
    confirm(session, 'unsubscribe', channel);
  }
  if (channels.length === 0) confirm(session, 'unsubscribe', null);
  return noReply;
}

function unsubscribePatterns(args: readonly string[], session: Session): Reply {
  const patterns = args.length > 0 ? args : [...session.patterns];
  for (const pattern of patterns) {
    session.instance.pubSub.unsubscribePattern(session, pattern);
    confirm(session, 'punsubscribe', pattern);
  }
  if (patterns.length === 0) confirm(session, 'punsubscribe', null);
  return noReply;
}

function publish(args: readonly string[], { instance }: Session): Reply {
  return instance.pubSub.publish(argument(args, 0), argument(args, 1));
}

function listChannels(args: readonly string[], { instance }: Session): Reply {
  if (args.length > 1) refuse("ERR unknown subcommand or wrong number of arguments for 'CHANNELS'. Try PUBSUB HELP.");
  return instance.pubSub.channels.filter(createGlobMatcher(args[0] ?? '*'));
}

function countSubscribers(channels: readonly string[], { instance }: Session): Reply {
  return channels.flatMap((channel) => [channel, instance.pubSub.subscriberCount(channel)]);
}

const flags = 'pubsub noscript loading stale';
const asked = { flags: 'pubsub loading stale', keys: noKeys };

export const pubSubCommands: CommandTable = {
  subscribe: { arity: -2, flags, keys: noKeys, run: subscribe },
  psubscribe: { arity: -2, flags, keys: noKeys, run: subscribePatterns },
  unsubscribe: { arity: -1, flags, keys: noKeys, run: unsubscribe },
  punsubscribe: { arity: -1, flags, keys: noKeys, run: unsubscribePatterns },
  publish: { arity: 3, flags: 'pubsub loading stale fast', keys: noKeys, run: publish },
  pubsub: {
    arity: -2,
    flags: '',
    keys: noKeys,
    subcommands: {
      channels: { arity: -2, ...asked, run: listChannels },
      numsub: { arity: -2, ...asked, run: countSubscribers },
      numpat: { arity: 2, ...asked, run: (_args, { instance }) => instance.pubSub.patternCount },
    },
  },
};
