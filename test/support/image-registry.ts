import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { request } from 'undici';

import { docker } from './docker.ts';
import { freePort } from './free-port.ts';
import { tempDir } from './temp-dir.ts';
import { waitUntil } from './wait-until.ts';

/** Whether the registry of Distribution is installed (Debian: `docker-registry`). Where Docker is required, so is this. */
export const hasImageRegistry = ((): boolean => {
  try {
    execFileSync('docker-registry', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    if (process.env['MSA_REQUIRE_DOCKER'] === '1')
      throw new Error('MSA_REQUIRE_DOCKER is set and there is no docker-registry: apt-get install docker-registry');
    process.stderr.write('Tests with a registry of images are skipped: there is no docker-registry.\n');
    return false;
  }
})();

export type ImageRegistry = Awaited<ReturnType<typeof imageRegistry>>;

/** A real registry of images on loopback, empty and gone at the end of its `await using` scope. */
export async function imageRegistry() {
  const dir = await tempDir();
  const port = await freePort();
  const host = `localhost:${port}`;
  const config = join(dir.path, 'config.yml');
  await writeFile(
    config,
    `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${dir.path} } }\nhttp: { addr: 127.0.0.1:${port} }\n`,
  );
  const child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const manifests = (image: string): string => `http://127.0.0.1:${port}/v2/${image.replace(':', '/manifests/')}`;
  await waitUntil('the registry answers', async () => {
    const answer = await request(`http://127.0.0.1:${port}/v2/`).catch(() => undefined);
    await answer?.body.dump();
    return answer?.statusCode === 200;
  });
  return {
    host,
    /** Gives it an image of this machine; tells the digest. */
    push: async (image: string): Promise<string> => {
      await docker('tag', image, `${host}/${image}`);
      try {
        return /digest: (sha256:[a-f0-9]{64})/.exec(await docker('push', `${host}/${image}`))?.[1] ?? '';
      } finally {
        await docker('rmi', `${host}/${image}`);
      }
    },
    /** Puts an index with this one image in its place, as images of several platforms have it; tells its digest. */
    putIndex: async (image: string, digest: string): Promise<string> => {
      const found = await request(manifests(image.replace(/:.*/, `:${digest}`)), {
        headers: {
          accept: 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json',
        },
      });
      const manifest = await found.body.text();
      const mediaType = String(found.headers['content-type']);
      const platform = { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch };
      const type = 'application/vnd.oci.image.index.v1+json';
      const entry = { mediaType, size: Buffer.byteLength(manifest), digest, platform };
      const body = JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: [entry] });
      const put = await request(manifests(image), { method: 'PUT', headers: { 'content-type': type }, body });
      const problem = await put.body.text();
      if (put.statusCode !== 201) throw new Error(`the registry refuses an index: ${put.statusCode} ${problem}`);
      return String(put.headers['docker-content-digest']);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
      await dir[Symbol.asyncDispose]();
    },
  };
}
