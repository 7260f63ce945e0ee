import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { filterCompiler } from '../../../src/io/filter-compiler.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** Compiles `gateway/filters/stamp.ts` of a folder with these files. */
async function compile(files: Readonly<Record<string, string>>) {
  await using dir = await tempDir();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir.path, path)), { recursive: true });
    await writeFile(join(dir.path, path), text);
  }
  const before = await readdir(dir.path, { recursive: true });
  const compiled = await filterCompiler.compile(dir.path, 'stamp');
  expect(await readdir(dir.path, { recursive: true })).toEqual(before);
  return compiled;
}

const file = 'gateway/filters/stamp.ts';

describe('a filter that compiles', () => {
  test('is one module with all that it imports, and a map to its lines without their texts', async () => {
    const compiled = await compile({
      [file]: `import type { Filter } from './msa-filters.d.ts';
import { mark } from './lib/mark.ts';
import { double } from 'twice';
import { createHash } from 'node:crypto';
const filter: Filter = { pre: () => mark(double(1), createHash) };
export default filter;`,
      'gateway/filters/lib/mark.ts': 'export const mark = (value: number, other: unknown) => [value, other];',
      'node_modules/twice/package.json': '{ "name": "twice", "main": "index.js" }',
      'node_modules/twice/index.js': 'exports.double = (value) => value * 2;',
    });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled));
    const [code = '', map = ''] = compiled.code.split('//# sourceMappingURL=data:application/json;base64,');
    expect(code).toContain('value*2');
    expect(code).toContain('require("node:crypto")');
    const { sources, sourcesContent } = JSON.parse(Buffer.from(map, 'base64').toString()) as Record<string, unknown>;
    expect(sources).toEqual(['node_modules/twice/index.js', file, 'gateway/filters/lib/mark.ts']);
    expect(sourcesContent).toBeUndefined();
  });

  test('gives the same for the same files wherever they lie', async () => {
    const files = { [file]: 'export const filter = { pre() {} };' };
    expect(await compile(files)).toEqual(await compile(files));
  });
});

describe('a filter that does not compile', () => {
  test.each([
    ['export default {', { file, line: 1, column: 17, message: 'Expected identifier but found end of file.' }],
    ['\nexport default { pre() { return 1 +; } };', { file, line: 2, column: 36, message: 'Unexpected ";".' }],
    [
      'import { a } from "./absent.ts"; export default { pre: a };',
      { file, line: 1, column: 19, message: 'Could not resolve "./absent.ts".' },
    ],
    [
      'import left from "left-pad"; export default { pre: left };',
      { file, line: 1, column: 18, message: 'Could not resolve "left-pad".' },
    ],
    [
      'const a = await 1; export default { pre: () => a };',
      {
        file,
        line: 1,
        column: 11,
        message: 'Top-level await is currently not supported with the "cjs" output format.',
      },
    ],
    [
      'export const filtr = { pre() {} };',
      {
        file,
        line: 1,
        column: 1,
        message: 'It exports no filter: write `export default { pre(request, context) { … } }`.',
      },
    ],
  ])('is told with its place: %s', async (text, problem) => {
    expect(await compile({ [file]: text })).toEqual({ ok: false, problems: [problem] });
  });

  test('or is too large is told with its size', async () => {
    const text = `export default { pre: () => ${JSON.stringify('x'.repeat(256 * 1024 + 100))} };`;
    const message = 'With all that it imports it has 258 KiB; 256 are allowed.';
    expect(await compile({ [file]: text })).toEqual({ ok: false, problems: [{ file, line: 1, column: 1, message }] });
  });

  test('is told by the file that is wrong, and every mistake of it', async () => {
    const compiled = await compile({
      [file]: `import { a } from './a.ts'; import { b } from './b.ts'; export default { pre: [a, b] };`,
      'gateway/filters/a.ts': 'export const a = ;',
      'gateway/filters/b.ts': '\nexport const b = );',
    });
    expect(compiled.ok ? [] : compiled.problems.map(({ file: at, line }) => `${at}:${line}`)).toEqual([
      'gateway/filters/a.ts:1',
      'gateway/filters/b.ts:2',
    ]);
  });
});
