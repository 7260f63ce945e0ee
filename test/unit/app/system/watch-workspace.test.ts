import { expect, test } from 'vitest';

import { watchWorkspace, type WorkspaceChange } from '../../../../src/app/system/watch-workspace.ts';
import { openWorkspace } from '../../../../src/app/open-workspace.ts';
import { createStopper } from '../../../../src/io/stopper.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { FileStore } from '../../../../src/ports/file-store.ts';
import { filesOf } from './setting.ts';

const oneService = 'name: shop\nservices:\n  users: { path: users, envFile: users.env }\n';
const twoServices = `${oneService}  orders: { path: orders }\n`;

const idle = (): void => undefined;

/** A disk in memory whose paths change in the rounds that a test says, and a clock whose pauses are short. */
async function watching(rounds: readonly (() => void)[], texts: Record<string, string>) {
  const marks: Record<string, string> = {};
  const files: FileStore = filesOf(texts);
  const looks: (readonly string[])[] = [];
  const pauses: number[] = [];
  let nowMs = 0;
  const clock: Clock = {
    now: () => nowMs,
    date: () => new Date(),
    sleep: async (durationMs, signal) => {
      pauses.push(durationMs);
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    },
  };
  const fingerprints = {
    of: async (paths: readonly string[]) => {
      looks.push(paths);
      rounds[looks.length - 1]?.();
      nowMs += 10;
      return new Map(paths.map((path) => [path, `${texts[path] ?? ''}${marks[path] ?? ''}`]));
    },
  };
  const watch = await watchWorkspace({ files, fingerprints, clock }, await openWorkspace(files, '/w'));
  const stopper = createStopper();
  const changes = watch.changes(stopper.signal)[Symbol.asyncIterator]();
  const next = async (): Promise<WorkspaceChange> => (await changes.next()).value;
  return { marks, looks, pauses, next, changes, stop: () => stopper.stop(undefined) };
}

test('tells of a change once, when it has been left alone for a moment', async () => {
  const texts = { '/w/msa.yaml': oneService };
  const changing = (mark: string) => () => {
    watch.marks['/w/users'] = mark;
  };
  const watch = await watching([idle, idle, changing('a'), changing('b'), idle, idle, changing('c')], texts);
  expect(await watch.next()).toMatchObject({ paths: ['/w/users'] });
  // Nothing, seen, seen to go on, seen to rest; the first and the last looks are at what there is to be watched.
  expect(watch.looks).toHaveLength(6);
  expect(watch.looks[0]).toEqual(['/w/msa.yaml', '/w/users', '/w/users.env']);
  expect(await watch.next()).toMatchObject({ paths: ['/w/users'] });
});

test('sees what changed before anybody asked', async () => {
  const watch = await watching([], { '/w/msa.yaml': oneService });
  watch.marks['/w/users.env'] = 'changed while the system came up';
  expect(await watch.next()).toMatchObject({ paths: ['/w/users.env'] });
});

test('tells what is wrong with msa.yaml, and follows the services of the next good one', async () => {
  const texts = { '/w/msa.yaml': oneService };
  const watch = await watching([], texts);
  texts['/w/msa.yaml'] = 'name: [';
  expect(await watch.next()).toMatchObject({
    paths: ['/w/msa.yaml'],
    problem: { code: 'MSA_WORKSPACE_INVALID' },
  });
  texts['/w/msa.yaml'] = twoServices;
  expect(await watch.next()).toMatchObject({ opened: { workspace: { services: [{}, { name: 'orders' }] } } });
  watch.marks['/w/orders'] = 'changed';
  expect(await watch.next()).toMatchObject({ paths: ['/w/orders'] });
});

test('spends little of the time on looking, and ends with its signal', async () => {
  const watch = await watching([], { '/w/msa.yaml': oneService });
  watch.marks['/w/users'] = 'changed';
  await watch.next();
  // The first pause is the shortest; a look of 10 ms is worth no longer one.
  expect(watch.pauses).toEqual([300, 300]);
  watch.stop();
  await expect(watch.changes.next()).rejects.toMatchObject({ name: 'AbortError' });
});
