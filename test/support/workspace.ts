import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { createFileStore } from '../../src/io/file-store/file-store.ts';
import { runMsa } from './run-msa.ts';
import { tempDir } from './temp-dir.ts';

export type TestWorkspace = Awaited<ReturnType<typeof testWorkspace>>;

/** A workspace made by `msa init` in a directory of its own, gone at the end of its `await using` scope. */
export async function testWorkspace(...initOptions: readonly string[]) {
  const dir = await tempDir();
  const root = join(dir.path, 'shop');
  await expectDone(runMsa(dir.path, 'init', 'shop', ...initOptions));
  return {
    root,
    run: (...argv: readonly string[]) => runMsa(root, ...argv),
    /** Runs a command that must succeed. */
    done: (...argv: readonly string[]) => expectDone(runMsa(root, ...argv)),
    read: (path: string) => readFile(join(root, path), 'utf8'),
    write: async (path: string, text: string) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    },
    edit: async (path: string, change: (text: string) => string) => {
      const before = await readFile(join(root, path), 'utf8');
      const after = change(before);
      if (after === before) throw new Error(`the edit of ${path} changes nothing`);
      await writeFile(join(root, path), after);
    },
    /** Every file of the workspace with its text. */
    snapshot: () => snapshot(root),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** Every file below a directory with its text. */
export async function snapshot(directory: string): Promise<Readonly<Record<string, string>>> {
  const paths = await createFileStore().listFiles(directory);
  const texts = await Promise.all(
    paths.map(async (path) => [path, await readFile(join(directory, path), 'utf8')] as const),
  );
  return Object.fromEntries(texts);
}

async function expectDone(running: ReturnType<typeof runMsa>): ReturnType<typeof runMsa> {
  const run = await running;
  if (run.exitCode !== 0) throw new Error(`msa ended with ${run.exitCode}:\n${run.stdout}${run.stderr}`);
  return run;
}

/** The msa.yaml of the shop without the route that asks all its services at once, so that one of them can go. */
export function withoutReceipts(text: string): string {
  return text.replace(/ {2}routes:\n {4}# An order[^]*?\n\n/, '\n');
}
