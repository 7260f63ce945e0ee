import { request } from 'undici';
import { describe, expect, test } from 'vitest';

import { hasDocker } from '../support/docker.ts';
import { keepAsking, list } from '../support/running-system.ts';
import { tinyWorkspace } from '../support/tiny-workspace.ts';
import { waitUntil } from '../support/wait-until.ts';

const msaYaml = `name: tiny
gateway: { port: auto }
services:
  one:
    path: one
    command: node server.cjs
    routes: [{ path: /one, filters: [stamp] }]
`;

const version = (number: number): string => `import { createHash } from 'node:crypto';
import type { Filter } from './msa-filters.d.ts';

const filter: Filter = {
  post(response, context) {
    context.log('seen');
    response.headers.set('x-version', '${number} ' + createHash('sha256').update('a').digest('hex').slice(0, 4));
  },
};
export default filter;
`;

describe.each([
  { engine: 'process', isThere: true },
  { engine: 'docker', isThere: hasDocker },
])('a filter of a running system, in the $engine engine', ({ engine, isThere }) => {
  test.skipIf(!isThere)(
    'is compiled by up, changed without losing a request, and refused when it is wrong',
    async () => {
      await using workspace = await tinyWorkspace({ one: {} });
      await workspace.write('msa.yaml', msaYaml);
      const missing = await workspace.run('up', '--engine', engine);
      expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('msa new filter stamp') });
      await workspace.done('new', 'filter', 'stamp');
      const file = 'gateway/filters/stamp.ts';
      await workspace.write(file, version(1));

      const staying = workspace.start('up', '--engine', engine, '--watch');
      await waitUntil('it watches', async () => staying.stderr().includes('Watching for changes'), 120_000);
      const { url } = await list(workspace);
      const seen = async (): Promise<unknown> => {
        const { headers, body } = await request(`${url}/one`);
        await body.dump();
        return headers['x-version'];
      };
      expect(await seen()).toBe('1 ca97');

      const load = keepAsking(`${url}/one`);
      await workspace.write(file, version(2));
      await waitUntil('the change serves', async () => (await seen()) === '2 ca97', 60_000);
      await workspace.write(file, 'export default {');
      await waitUntil('it says what is wrong', async () => staying.stderr().includes(`${file}:1:17`), 60_000);
      expect(await seen()).toBe('2 ca97');
      const { sent, failed } = await load.stop();
      expect(sent).toBeGreaterThan(10);
      expect(failed).toEqual([]);

      const ps = await workspace.done('ps');
      expect(ps.stderr).toContain('msa up applies it');
      staying.child.kill('SIGINT');
      await staying.ended;
      await workspace.write(file, version(2));
      expect((await workspace.done('ps')).stderr).not.toContain('msa up applies it');
      const logs = await workspace.done('logs', 'gateway', '--raw');
      expect(logs.stdout).toMatch(/"msg":"seen","filter":"stamp","requestId":"[^"]+"/);
    },
  );
});
