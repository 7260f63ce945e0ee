import { rename } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { get } from '../../scripts/hypermedia-client.js';
import { hasDocker } from '../support/docker.ts';
import { expectNothingLeft, idsOf, keepAsking, list } from '../support/running-system.ts';
import { tinyWorkspace } from '../support/tiny-workspace.ts';
import { waitUntil } from '../support/wait-until.ts';

describe.each([
  { engine: 'process', isThere: true },
  { engine: 'docker', isThere: hasDocker },
])('a system that msa stays with, in the $engine engine', ({ engine, isThere }) => {
  test.skipIf(!isThere)('follows every change, and loses no request over it', async () => {
    await using workspace = await tinyWorkspace({ one: { replicas: 2 }, two: {} });
    const staying = workspace.start('up', '--engine', engine, '--watch');
    await waitUntil('it watches', async () => staying.stderr().includes('Watching for changes'), 120_000);
    const before = await list(workspace);
    const load = keepAsking(`${before.url}/one`);

    await workspace.write('one/version.txt', '2\n');
    const version = async (): Promise<unknown> => (await get(`${before.url}/one`)).body;
    await waitUntil('the change serves', async () => JSON.stringify(await version()).includes('"version":"2"'), 60_000);
    await waitUntil('the old have gone', async () => staying.stdout().includes('The change is applied.'), 60_000);
    const after = await list(workspace);
    expect(idsOf(after)).toEqual(['one-3', 'one-4', 'two-1']);
    expect(startOf(after, 'two-1')).toBe(startOf(before, 'two-1'));

    await workspace.write('msa.yaml', 'name: [');
    await waitUntil('it says what is wrong', async () => staying.stderr().includes('msa.yaml:1'));
    await workspace.declare({ one: { replicas: 2 }, two: {} });
    await rename(workspace.path('two'), workspace.path('elsewhere'));
    await waitUntil('it misses the folder', async () => /two.*(?:missing|cannot be read)/.test(staying.stderr()));
    await rename(workspace.path('elsewhere'), workspace.path('two'));
    expect((await get(`${before.url}/two`)).status).toBe(200);

    const { sent, failed } = await load.stop();
    expect(sent).toBeGreaterThan(50);
    expect(failed).toEqual([]);

    staying.child.kill('SIGINT');
    expect((await staying.ended).code).toBe(130);
    // Who only watched leaves the system as it is.
    expect((await get(`${before.url}/one`)).status).toBe(200);
  });

  test.skipIf(!isThere)('is shown with its logs, and stopped at the end', async () => {
    await using workspace = await tinyWorkspace({ only: { replicas: 2 } });
    const staying = workspace.start('up', '--engine', engine, '--attach');
    const hasWritten = async (id: string): Promise<boolean> =>
      new RegExp(`^${id} +\\| serving 1$`, 'm').test(staying.stdout());
    for (const id of ['only-1', 'only-2']) await waitUntil(`${id} has written`, () => hasWritten(id), 120_000);
    const listed = await list(workspace);
    staying.child.kill('SIGINT');
    const { code, stderr } = await staying.ended;
    expect(code, stderr).toBe(130);
    await expectNothingLeft(listed, workspace.root);
  });
});

function startOf({ instances }: Awaited<ReturnType<typeof list>>, id: string): string | null | undefined {
  return instances.find((instance) => instance.id === id)?.startedAt;
}
