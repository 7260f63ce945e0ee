import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createRedisServer, type ListeningRedisServer } from '../../../src/redis/create-redis-server.ts';
import { commandTable } from '../../../src/redis/commands/table.ts';
import { docker, hasDocker, startContainer, type Container } from '../../support/docker.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { hashes, lists, sets } from './scripts/collections.ts';
import { connection } from './scripts/connection.ts';
import { keys } from './scripts/keys.ts';
import { pubSub, pubSub3, type PubSubStep } from './scripts/pub-sub.ts';
import { scripting } from './scripts/scripting.ts';
import { sortedSets } from './scripts/sorted-sets.ts';
import { strings } from './scripts/strings.ts';
import { agree, toComparables } from './support/comparable.ts';
import { showFrame, type Frame } from './support/frames.ts';
import { parseScript } from './support/parse-script.ts';
import { createRandomCommands } from './support/random-commands.ts';
import { connectRaw, encodeRequest } from './support/raw-client.ts';

const scripts = { strings, keys, hashes, lists, sets, sortedSets, connection, scripting };
const seeds = [1, 2, 3, 4];
const commandsPerSeed = 4000;

/** Replies are compared as they are on the wire; support/comparable.ts says what cannot be. */
describe.skipIf(!hasDocker)('the embedded server answers as a real Redis', () => {
  let redis: Container;
  let realPort: number;
  let embedded: ListeningRedisServer;

  beforeAll(async () => {
    redis = await startContainer('redis:8', ['--publish', '127.0.0.1::6379']);
    await waitUntil('Redis answers', async () => (await docker('exec', redis.id, 'redis-cli', 'ping')) === 'PONG');
    realPort = Number((await redis.address(6379)).split(':').at(-1));
    embedded = await createRedisServer().listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(async () => {
    await embedded.close();
    await redis[Symbol.asyncDispose]();
  });

  describe.each(['2', '3'])('in RESP%s', (protocol) => {
    test.each(Object.entries(scripts))('%s', async (_name, script) => {
      // One by one: within a pipeline Redis 8.0.2 leaves out the reply to a refused AUTH.
      await expectSameReplies({ protocol, commands: parseScript(script), batchSize: 1 });
    });

    test.each(seeds)('random commands, seed %i', async (seed) => {
      await expectSameReplies({ protocol, commands: createRandomCommands(seed, commandsPerSeed), batchSize: 200 });
    });
  });

  test.each([
    ['2', pubSub],
    ['3', [...pubSub, ...pubSub3]],
  ])('subscriptions in RESP%s', async (protocol, steps) => {
    const [real, ours] = await Promise.all([
      playSteps(realPort, protocol, steps),
      playSteps(embedded.port, protocol, steps),
    ]);
    expect(ours).toEqual(real);
  });

  test('COMMAND tells the same of every command', async () => {
    const names = Object.keys(commandTable);
    const [real, ours] = await Promise.all([describeCommands(realPort, names), describeCommands(embedded.port, names)]);
    expect(ours.toSorted()).toEqual(real.toSorted());
  });

  async function expectSameReplies(script: Script): Promise<void> {
    const [real, ours] = await Promise.all([collectReplies(realPort, script), collectReplies(embedded.port, script)]);
    const index = real.findIndex((reply, position) => !agree(reply, ours[position]));
    if (index < 0) return;
    const history = script.commands.slice(Math.max(0, index - 40), index + 1).map((words) => JSON.stringify(words));
    expect(ours[index], `reply ${index}, to the last of\n${history.join('\n')}`).toBe(real[index]);
  }
});

/** What came to both clients after each step. */
async function playSteps(port: number, protocol: string, steps: readonly PubSubStep[]): Promise<readonly string[]> {
  await using subscriber = await connectRaw(port);
  await using publisher = await connectRaw(port);
  await subscriber.send([['HELLO', protocol]]);
  const played: string[] = [];
  for (const [who, line, toSubscriber, toPublisher] of steps) {
    const [command = []] = parseScript(line);
    (who === 'subscriber' ? subscriber : publisher).write(encodeRequest(command));
    const replies = [await subscriber.receive(toSubscriber), await publisher.receive(toPublisher)];
    const isHello = command[0] === 'HELLO';
    played.push(`${line}: ${replies.map((frames) => (isHello ? '' : showFrames(frames))).join(' | ')}`);
  }
  return played;
}

/** Redis walks its patterns in the order of a hash seeded anew at every start: messages by pattern come in any order. */
function showFrames(frames: readonly Frame[]): string {
  const shown = frames.map((frame) => showFrame(frame));
  const byPattern = shown.filter(isByPattern).toSorted();
  return shown.map((text) => (isByPattern(text) ? byPattern.shift() : text)).join(' ');
}

function isByPattern(shown: string): boolean {
  return shown.includes('"pmessage"');
}

interface Script {
  readonly protocol: string;
  readonly commands: readonly (readonly string[])[];
  readonly batchSize: number;
}

async function collectReplies(port: number, { protocol, commands, batchSize }: Script): Promise<readonly string[]> {
  await using client = await connectRaw(port);
  await client.send([['HELLO', protocol], ['FLUSHALL']]);
  const frames: Frame[] = [];
  for (let start = 0; start < commands.length; start += batchSize)
    frames.push(...(await client.send(commands.slice(start, start + batchSize))));
  return toComparables(commands, frames);
}

/** Name, arity, flags and key positions, also of the subcommands that both servers have. */
async function describeCommands(port: number, names: readonly string[]): Promise<readonly string[]> {
  await using client = await connectRaw(port);
  const [reply] = await client.send([['COMMAND', 'INFO', ...names]]);
  return (reply?.items ?? []).flatMap((command) =>
    [command, ...(command.items?.[9]?.items ?? [])].flatMap(describeOne),
  );
}

function describeOne({ items = [] }: Frame): readonly string[] {
  const [name] = items;
  const [container = '', part] = (name?.text ?? '').split('|');
  if (part !== undefined && commandTable[container]?.subcommands?.[part] === undefined) return [];
  const flags = (items[2]?.items ?? []).map(({ text }) => text).toSorted();
  return [[name?.text, items[1]?.text, flags.join(' '), ...items.slice(3, 6).map(({ text }) => text)].join(' ')];
}
