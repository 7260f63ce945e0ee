import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { shellcheck } from '../../support/judges.ts';
import { tempDir } from '../../support/temp-dir.ts';

const folder = join(import.meta.dirname, '../../../templates/workflow/deploy');
const scripts = ['analyse.sh', 'compose.sh'].map((name) => join(folder, name));

describe('the generated hooks', () => {
  test('are POSIX shell without a finding', async () => {
    expect(await shellcheck(scripts)).toEqual([]);
  });

  test('so is the part that runs on the host', async () => {
    const [, remote] = /<<'REMOTE'\n([^]*)\nREMOTE\n/.exec(await readFile(join(folder, 'compose.sh'), 'utf8')) ?? [];
    await using dir = await tempDir();
    const file = join(dir.path, 'remote.sh');
    await writeFile(file, `#!/bin/sh\n${remote}\n`);
    expect(remote).toContain('main "$@"');
    expect(await shellcheck([file])).toEqual([]);
  });
});
