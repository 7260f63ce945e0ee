import { createHash } from 'node:crypto';

import { expect, test } from 'vitest';

import { httpService, type Answering } from '../../support/http-service.ts';
import { testWorkspace } from '../../support/workspace.ts';

const type = 'application/vnd.oci.image.index.v1+json';

/** A registry that has every image but those called gone. */
const answer: Answering = ({ path }, response) => {
  const body = JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: [] });
  response.writeHead(path.includes('/gone/') ? 404 : 200, {
    'content-type': type,
    'docker-content-digest': digestOf(body),
  });
  response.end(body);
};

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

async function withRegistry() {
  const registry = await httpService(answer);
  const workspace = await testWorkspace();
  const host = `localhost:${registry.port}`;
  for (const name of ['orders', 'users']) {
    await workspace.done('new', 'service', name, '--yes');
    await workspace.edit(`services/${name}/Dockerfile`, (text) => text.replaceAll('FROM node:', `FROM ${host}/node:`));
  }
  return {
    host,
    workspace,
    asked: () => registry.received.map(({ method }) => method),
    [Symbol.asyncDispose]: async () => {
      await workspace[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
    },
  };
}

test('each tag is asked for once, wherever it stands, and every FROM of a service is held', async () => {
  await using system = await withRegistry();
  const { workspace, asked } = system;
  const before = await workspace.read('services/orders/Dockerfile');
  const { json } = await workspace.done('images', 'update', '--json');
  expect(asked()).toEqual(['HEAD', 'GET']);
  expect(json()).toMatchObject({
    written: true,
    changes: [{ path: 'services/orders/Dockerfile', reason: '2 images' }, { path: 'services/users/Dockerfile' }],
  });
  const after = await workspace.read('services/orders/Dockerfile');
  expect(after.match(/@sha256:[a-f0-9]{64}/g)).toHaveLength(2);
  expect(after.replaceAll(/@sha256:[a-f0-9]{64}/g, '')).toBe(before);

  const upgraded = await workspace.done('upgrade', '--json');
  expect(upgraded.json()).toMatchObject({ written: false });
  expect(await workspace.read('services/orders/Dockerfile')).toBe(after);
});

test('where one image cannot be had, nothing changes, and the place is told', async () => {
  await using system = await withRegistry();
  const { workspace, host } = system;
  await workspace.edit('services/users/Dockerfile', (text) => `${text}COPY --from=${host}/gone/a:1 /a /\n`);
  const before = await workspace.snapshot();
  const { exitCode, stderr } = await workspace.run('images', 'update');
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`there is no ${host}/gone/a:1 (MSA_IMAGE_UNKNOWN)`);
  expect(stderr).toMatch(/services\/users\/Dockerfile:\d+ names localhost/);
  expect(await workspace.snapshot()).toEqual(before);
});

test('a workspace without any image is current', async () => {
  await using workspace = await testWorkspace();
  expect((await workspace.done('images', 'update')).stdout).toContain('Every image is current');
  expect((await workspace.done('images', 'update', '--check')).stdout).toContain('There is no image.');
});
