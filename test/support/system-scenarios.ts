import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { get, send } from '../../scripts/hypermedia-client.js';
import { freePort } from './free-port.ts';
import { expectNothingLeft, idsOf, keepAsking, list } from './running-system.ts';
import { spawnMsa } from './msa-process.ts';
import { tempDir } from './temp-dir.ts';
import { tinyWorkspace, type TinyWorkspace } from './tiny-workspace.ts';
import { waitUntil } from './wait-until.ts';

const cycles = Number(process.env['MSA_SOAK_CYCLES'] ?? 2);

/** What both engines must do alike, with the real command line and real instances. */
export function describeSystem(engine: 'docker' | 'process'): void {
  const up = (workspace: TinyWorkspace, ...argv: readonly string[]) =>
    workspace.done('up', '--engine', engine, ...argv);

  describe(`a system in the ${engine} engine`, () => {
    test('comes up, is operated, survives a crash under load, and leaves nothing', async () => {
      await using workspace = await tinyWorkspace({
        front: { calls: ['back'], replicas: 2 },
        back: { replicas: 2, store: 'redis' },
      });
      await up(workspace);
      const first = await list(workspace);
      expect(first.engine).toBe(engine);
      expect(idsOf(first)).toEqual(['back-1', 'back-2', 'front-1', 'front-2']);
      expect(first.instances.map(({ state }) => state)).not.toContain('restarting');

      const reply = await get(`${first.url}/front/through/back`);
      expect(reply, JSON.stringify(reply.body)).toMatchObject({
        status: 200,
        body: { service: 'front', callee: { service: 'back' } },
      });

      const again = await up(workspace, '--json');
      expect(lastLine(again.stdout)).toMatchObject({ type: 'result' });
      expect(operationsOf(again.stdout)).toEqual([]);

      const load = keepAsking(`${first.url}/front/through/back`);
      const killed = await workspace.run('chaos', 'kill', 'back', '--duration', '4s', '--yes', '--json');
      expect(killed.code, `${killed.stdout}${killed.stderr}`).toBe(0);
      await workspace.done('scale', 'front=3');
      expect(idsOf(await list(workspace))).toEqual(['back-1', 'back-2', 'front-1', 'front-2', 'front-3']);
      await workspace.done('restart', 'front');
      await workspace.write('back/version.txt', '2\n');
      const changed = await up(workspace, '--json');
      expect(operationsOf(changed.stdout).filter((id) => /^(start|stop) back/.test(id))).toHaveLength(4);
      const { sent, failed } = await load.stop();
      expect(sent).toBeGreaterThan(100);
      expect(failed).toEqual([]);
      expect((await get(`${first.url}/back`)).body).toMatchObject({ version: '2' });

      await workspace.write('msa.yaml', 'name: [');
      const broken = await workspace.run('up');
      expect(broken).toMatchObject({ code: 2 });
      expect(broken.stderr).toContain('msa.yaml:1');
      expect((await get(`${first.url}/front`)).status).toBe(200);

      const down = await workspace.run('down', '--volumes');
      expect(down.code, down.stderr).toBe(0);
      await expectNothingLeft(first, workspace.root);
    });

    test('lets in whom msa.yaml says, and lets a service call what it says', async () => {
      await using workspace = await tinyWorkspace({ front: { calls: ['back'] }, back: {} });
      const declared = await readFile(workspace.path('msa.yaml'), 'utf8');
      const auth = 'auth: { keysFile: gateway/keys.yaml }, defaults: { auth: required }';
      const rules = declared.replace('port: auto', `port: auto, ${auth}`);
      await workspace.write('msa.yaml', rules);
      const { key } = JSON.parse((await workspace.done('keys', 'add', 'cron', '--json')).stdout) as { key: string };
      await up(workspace);
      const { url } = await list(workspace);
      const through = (headers: Record<string, string> = {}) => send('GET', `${url}/front/through/back`, { headers });
      expect((await through()).status).toBe(401);
      expect(await through({ 'x-api-key': key })).toMatchObject({ status: 200, body: { callee: { service: 'back' } } });

      await workspace.write(
        'msa.yaml',
        rules.replace('calls: [back]', 'calls: [{ service: back, allow: [GET /other] }]'),
      );
      await up(workspace);
      expect(await through({ 'x-api-key': key })).toMatchObject({ status: 403, body: { callee: { status: 403 } } });

      await workspace.done('keys', 'remove', 'cron', '--yes');
      await up(workspace);
      expect((await through({ 'x-api-key': key })).status).toBe(401);
    });

    test('speaks HTTPS with a certificate that msa made and believes, and keeps it', async () => {
      await using home = await tempDir();
      const env = { XDG_CONFIG_HOME: home.path };
      await using workspace = await tinyWorkspace({ front: {} });
      const declared = await readFile(workspace.path('msa.yaml'), 'utf8');
      await workspace.write('msa.yaml', declared.replace('port: auto', 'port: auto, tls: auto'));
      const msa = (...argv: readonly string[]) => spawnMsa(workspace.root, argv, env).ended;
      const started = await msa('up', '--engine', engine, '--json');
      expect(started.code, started.stderr).toBe(0);
      const authorityFile = join(home.path, 'msa', 'ca', 'cert.pem');
      expect(lastLine(started.stdout)).toMatchObject({
        publicUrl: expect.stringMatching(/^https:/),
        authorityFile,
      });
      const called = await msa('call', 'GET', '/front');
      expect(called.code, called.stderr).toBe(0);
      expect(JSON.parse(called.stdout)).toMatchObject({ service: 'front' });
      const killed = await msa('chaos', 'kill', 'front', '--duration', '2s', '--yes', '--json');
      expect([0, 4], killed.stderr).toContain(killed.code);
      expect(operationsOf((await msa('up', '--json')).stdout)).toEqual([]);
    });

    test('keeps what works when a service fails, says why, and goes on when it is repaired', async () => {
      const port = String(await freePort());
      const services = { good: {}, bad: { env: { EXIT: '7' } }, deaf: { env: { LISTEN_ON: port } } };
      await using workspace = await tinyWorkspace(services);
      const failed = await workspace.run('up', '--engine', engine, '--timeout', '15s');
      expect(failed.code, failed.stderr).toBe(1);
      expect(failed.stderr).toContain('ending with 7');
      expect(failed.stderr).toMatch(new RegExp(`deaf.*${port}|${port}.*PORT`, 's'));
      const listed = await list(workspace);
      expect((await get(`${listed.url}/good`)).status).toBe(200);
      await workspace.declare({ good: {}, bad: {}, deaf: {} });
      await up(workspace);
      for (const name of ['good', 'bad', 'deaf']) expect((await get(`${listed.url}/${name}`)).status).toBe(200);
    });

    test('an interrupted up takes back what it began', async () => {
      await using workspace = await tinyWorkspace({ sick: { env: { SICK: '1' } }, fine: {} });
      const starting = workspace.start('up', '--engine', engine);
      await waitUntil('instances are there', async () => (await list(workspace)).instances.length >= 4);
      const listed = await list(workspace);
      starting.child.kill('SIGINT');
      const { code, stderr } = await starting.ended;
      expect(code, stderr).toBe(130);
      await expectNothingLeft(listed, workspace.root);
    });

    test('an up that is killed leaves nothing that down does not remove', async () => {
      await using workspace = await tinyWorkspace({ sick: { env: { SICK: '1', DEAF_TO_SIGTERM: '1' } } });
      const starting = workspace.start('up', '--engine', engine);
      await waitUntil('instances are there', async () => (await list(workspace)).instances.length >= 3);
      const listed = await list(workspace);
      starting.child.kill('SIGKILL');
      await starting.ended;
      expect((await workspace.run('down', '--volumes')).code).toBe(0);
      await expectNothingLeft(listed, workspace.root);
    });

    test('two workspaces of one name run side by side', async () => {
      await using one = await tinyWorkspace({ same: {} });
      await using other = await tinyWorkspace({ same: {} });
      await Promise.all([up(one), up(other)]);
      const [here, there] = [await list(one), await list(other)];
      expect(here.workspace).not.toBe(there.workspace);
      await one.done('down', '--volumes');
      await expectNothingLeft(here, one.root);
      expect((await get(`${there.url}/same`)).status).toBe(200);
    });

    test('a workspace whose folder has vanished can be cleared', async () => {
      await using workspace = await tinyWorkspace({ orphan: {} });
      await using beside = await tinyWorkspace({ other: {} });
      await up(workspace);
      const listed = await list(workspace);
      await rm(workspace.root, { recursive: true });
      const all = await beside.done('ps', '--all', '--json');
      expect(all.stdout).toContain(listed.workspace);
      await beside.done('down', '--workspace', listed.workspace, '--volumes');
      await expectNothingLeft(listed, workspace.root);
    });

    test(`up, scale, kill and down again and again (${cycles} times) leaves nothing`, async () => {
      await using workspace = await tinyWorkspace({ worker: { replicas: 2 } });
      for (let cycle = 0; cycle < cycles; cycle += 1) {
        await up(workspace);
        const listed = await list(workspace);
        await workspace.done('scale', 'worker=3');
        await workspace.done('chaos', 'kill', 'worker', '--duration', '2s', '--yes');
        await workspace.done('down', '--volumes');
        await expectNothingLeft(listed, workspace.root);
      }
    });
  });
}

function lastLine(text: string): unknown {
  return JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');
}

/** Ids of the planned operations of a run with --json. */
function operationsOf(stdout: string): readonly string[] {
  const events: { type: string; operations?: readonly { id: string }[] }[] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return events.filter(({ type }) => type === 'plan').flatMap(({ operations = [] }) => operations.map(({ id }) => id));
}
