import { readFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { docker, hasDocker } from '../support/docker.ts';
import { hasImageRegistry, imageRegistry } from '../support/image-registry.ts';
import { releasedDockerfile, releasedServer } from '../support/release-workspace.ts';
import { tinyWorkspace } from '../support/tiny-workspace.ts';

const image = 'debian:trixie-slim';

interface Report {
  readonly images: readonly { readonly image: string; readonly state: string; readonly reason: string }[];
}

function statesOf(json: string): readonly string[] {
  const { images }: Report = JSON.parse(json);
  return images.map(({ state }) => state);
}

describe.skipIf(!hasDocker || !hasImageRegistry)('base images', () => {
  test('are held to digests, moved when their tags have moved, and built from', async () => {
    await using registry = await imageRegistry();
    await using workspace = await tinyWorkspace({ web: {}, other: {} });
    const name = `${registry.host}/${image}`;
    const first = await registry.push(image);
    const before = releasedDockerfile.replace(image, name);
    await workspace.write('web/Dockerfile', before);
    await workspace.write('web/server.pl', releasedServer);
    await workspace.write('other/Dockerfile', `# FROM ${name}\r\nARG BASE=${name}\r\nFROM $BASE\r\n`);
    const declared = await readFile(workspace.path('msa.yaml'), 'utf8');
    await workspace.write('msa.yaml', `${declared}  legacy: { image: '${name}', replicas: 0 }\n`);
    const read = () => readFile(workspace.path('web/Dockerfile'), 'utf8');

    const unpinned = await workspace.run('images', 'update', '--check', '--json');
    expect(unpinned).toMatchObject({ code: 1 });
    expect(statesOf(unpinned.stdout)).toEqual(['new', 'left', 'left']);
    const dry = await workspace.done('images', 'update', '--dry-run');
    expect(dry.stdout).toContain('update   web/Dockerfile  (1 image)');
    expect(dry.stderr).toContain('its name is made of arguments');
    expect(await read()).toBe(before);

    await workspace.done('images', 'update');
    expect(await read()).toBe(before.replace(name, `${name}@${first}`));
    expect(await readFile(workspace.path('other/Dockerfile'), 'utf8')).toContain(`# FROM ${name}\r\n`);
    const again = await workspace.done('images', 'update', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ written: false, changes: [] });
    expect(statesOf(again.stdout)).toEqual(['current', 'left', 'left']);

    const index = await registry.putIndex(image, first);
    const moved = await workspace.run('images', 'update', '--check');
    expect(moved).toMatchObject({ code: 1, stderr: expect.stringContaining('hint: msa images update') });
    expect(moved.stdout).toMatch(/^moved +/m);
    await workspace.done('images', 'update');
    expect(await read()).toBe(before.replace(name, `${name}@${index}`));
    await workspace.done('images', 'update', '--check');

    await workspace.done('up', 'web', '--engine', 'docker');
    await workspace.done('smoke', 'web');
    await workspace.done('down', '--volumes');

    await workspace.write('web/Dockerfile', `FROM ${registry.host}/debian:99\n`);
    const unknown = await workspace.run('images', 'update');
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain(`there is no ${registry.host}/debian:99 (MSA_IMAGE_UNKNOWN)`);
    await registry[Symbol.asyncDispose]();
    const gone = await workspace.run('images', 'update');
    expect(gone.code).toBe(3);
    expect(gone.stderr).toContain(`the registry at http://${registry.host} cannot be asked: connection refused`);
    expect(await read()).toBe(`FROM ${registry.host}/debian:99\n`);
    expect(await docker('image', 'ls', '--quiet', name)).toBe('');
  });
});
