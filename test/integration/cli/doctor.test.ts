import { createServer } from 'node:net';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { judgeSystem, type Check } from '../../../src/cli/doctor-checks.ts';
import { probePort } from '../../../src/io/port-probe.ts';
import { probeSystem, type SystemFacts } from '../../../src/io/system-probe.ts';
import { runMsaWith, type RunOptions } from '../../support/run-msa.ts';
import { tempDir } from '../../support/temp-dir.ts';

const healthy: SystemFacts = {
  node: '20.19.0',
  npm: '10.8.2',
  git: '2.39.5',
  docker: { kind: 'running', version: '26.1.5', compose: '2.26.1', buildx: '0.13.1' },
  redis: undefined,
  postgres: undefined,
  ports: [{ port: 8080, free: true }],
  freeBytes: 50 * 1024 ** 3,
};

function judge(facts: Partial<SystemFacts>, platform = 'linux'): readonly Check[] {
  return judgeSystem({ system: { ...healthy, ...facts }, workspace: { kind: 'none' }, isUp: false, platform });
}

function find(name: string, facts: Partial<SystemFacts>, platform?: string): Check | undefined {
  return judge(facts, platform).find((check) => check.name === name);
}

function notOk(facts: Partial<SystemFacts>): readonly string[] {
  return judge(facts).flatMap(({ name, status }) => (status === 'ok' ? [] : [`${status} ${name}`]));
}

describe('what doctor thinks', () => {
  test('a machine with Docker needs nothing else', () => {
    expect(notOk({})).toEqual([]);
  });

  test('without Docker the process engine is left, which brings a Redis and needs a Postgres', () => {
    expect(notOk({ docker: { kind: 'absent' } })).toEqual(['warn docker', 'warn postgres']);
    expect(find('redis', { docker: { kind: 'absent' } })?.found).toContain('embedded');
    expect(notOk({ docker: { kind: 'absent' }, postgres: '16.2' })).toEqual(['warn docker']);
  });

  test('without npm Docker is left', () => {
    expect(notOk({ npm: undefined })).toEqual(['warn npm']);
  });

  test('without both no engine works', () => {
    const facts = { npm: undefined, docker: { kind: 'absent' } } as const;
    expect(notOk(facts)).toEqual(['fail npm', 'fail docker', 'warn postgres']);
  });

  test.each([
    ['20.19.0', 'ok'],
    ['24.1.0', 'ok'],
    ['20.18.3', 'fail'],
    ['18.20.0', 'fail'],
  ])('Node %s is %s', (node, status) => {
    expect(find('node', { node })?.status).toBe(status);
  });

  test('an engine that does not run is named with its own words and started the way of the system', () => {
    const docker = { kind: 'unreachable', reason: 'Cannot connect to the Docker daemon.' } as const;
    expect(find('docker', { docker })).toMatchObject({
      found: 'Cannot connect to the Docker daemon; services can run as plain processes',
      fix: 'sudo systemctl start docker',
    });
    expect(find('docker', { docker }, 'darwin')?.fix).toBe('open -a Docker');
    const elsewhere = { kind: 'unreachable', reason: 'Cannot connect to tcp://10.0.0.9:2375. Is it running?' } as const;
    expect(find('docker', { docker: elsewhere })?.fix).toContain('DOCKER_HOST');
    const refused = 'permission denied while trying to connect to unix:///var/run/docker.sock';
    expect(find('docker', { docker: { kind: 'unreachable', reason: refused } })?.fix).toContain('usermod');
    expect(find('docker', { docker: { kind: 'silent', afterMs: 1500 } })?.found).toContain('no answer within 1.5 s');
  });

  test('a port that is taken is told with who holds it, a full disk with how to make room', () => {
    const ports = [{ port: 8080, free: false, holder: 'node (pid 7)' }];
    expect(find('port 8080', { ports })).toMatchObject({ status: 'warn', found: 'taken by node (pid 7)' });
    const registry = [{ port: 8761, free: false, holder: 'java (pid 8)' }];
    expect(find('port 8761', { ports: registry })).toMatchObject({
      status: 'ok',
      found: expect.stringContaining('java'),
    });
    expect(find('disk', { freeBytes: 1024 ** 3 })).toMatchObject({ status: 'warn', found: '1.0 GiB free' });
  });

  test('the port of a gateway that is up is its own', () => {
    const system = { ...healthy, ports: [{ port: 8080, free: false, holder: 'node (pid 7)' }] };
    const judged = (isUp: boolean): readonly Check[] =>
      judgeSystem({ system, workspace: { kind: 'valid', name: 'shop' }, isUp, platform: 'linux' });
    expect(judged(true)).toContainEqual({
      name: 'port 8080',
      status: 'ok',
      found: 'taken by node (pid 7); this workspace is up',
    });
    expect(judged(false)).toContainEqual(expect.objectContaining({ name: 'port 8080', status: 'warn' }));
  });

  test('everything that is not ok comes with what to do', () => {
    const worst = judge({
      node: '18.0.0',
      npm: undefined,
      git: undefined,
      docker: { kind: 'absent' },
      ports: [{ port: 1, free: false }],
      freeBytes: undefined,
    });
    for (const { status, fix } of worst) expect(fix !== undefined).toBe(status !== 'ok');
  });
});

describe('what doctor finds', () => {
  test('a free port, and a taken one with its holder', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const taken = await probePort(port, 1500);
    await new Promise((resolve) => server.close(resolve));
    expect(taken).toMatchObject({ port, free: false, holder: expect.stringContaining(`(pid ${process.pid})`) });
    expect(await probePort(port, 1500)).toEqual({ port, free: true });
  });

  test('nothing, on an empty PATH, without an error', async () => {
    await using dir = await tempDir();
    const facts = await probeSystem({ directory: dir.path, ports: [], env: { PATH: dir.path } });
    expect(facts).toMatchObject({ npm: undefined, git: undefined, docker: { kind: 'absent' }, redis: undefined });
    expect(facts.freeBytes).toBeGreaterThan(0);
  });

  test('that Docker does not answer, before two seconds have passed', async () => {
    await using dir = await tempDir();
    await writeFile(join(dir.path, 'docker'), '#!/bin/sh\nexec /bin/sleep 60\n', { mode: 0o755 });
    await symlink('docker', join(dir.path, 'git'));
    const { docker, git } = await probeSystem({ directory: dir.path, ports: [], env: { PATH: dir.path } });
    expect(docker.kind).toBe('silent');
    expect(git).toBe('of unknown version');
  });

  test('why Docker cannot be reached', async () => {
    await using dir = await tempDir();
    await writeFile(join(dir.path, 'docker'), '#!/bin/sh\necho Some remark >&2\necho Cannot connect. >&2\nexit 1\n', {
      mode: 0o755,
    });
    const { docker } = await probeSystem({ directory: dir.path, ports: [], env: { PATH: dir.path } });
    expect(docker).toEqual({ kind: 'unreachable', reason: 'Cannot connect.' });
  });
});

function probe(facts: Partial<SystemFacts>): RunOptions {
  return { deps: { probeSystem: async () => ({ ...healthy, ...facts }) } };
}

describe('msa doctor', () => {
  test('ends with 0 and one line per check when something works', async () => {
    await using dir = await tempDir();
    const { exitCode, stdout, stderr } = await runMsaWith(probe({ npm: undefined }), dir.path, 'doctor');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^ok {4}node {7}20\.19\.0\nwarn {2}npm {8}not on PATH.*\n +fix: install Node/);
  });

  test('ends with 3, the checks and the error when nothing does', async () => {
    await using dir = await tempDir();
    const nothing = probe({ npm: undefined, docker: { kind: 'absent' } });
    const { exitCode, json } = await runMsaWith(nothing, dir.path, 'doctor', '--json');
    expect(exitCode).toBe(3);
    expect(json()).toMatchObject({ ok: false, checks: expect.any(Array), error: { code: 'MSA_DOCTOR_FAILED' } });
  });

  test('looks at the port of the workspace it is in, and says when its msa.yaml is wrong', async () => {
    await using dir = await tempDir();
    const asked: number[][] = [];
    const deps = {
      probeSystem: async ({ ports }: { ports: readonly number[] }) => {
        asked.push([...ports]);
        return healthy;
      },
    };
    await writeFile(join(dir.path, 'msa.yaml'), 'name: shop\ngateway: { port: 9000 }\n');
    const { stdout } = await runMsaWith({ deps }, dir.path, 'doctor');
    expect(stdout).toMatch(/^ok +workspace +shop$/m);
    expect(asked).toEqual([[9000, 8761]]);
    await writeFile(join(dir.path, 'msa.yaml'), 'name: [\n');
    expect((await runMsaWith({ deps }, dir.path, 'doctor')).stdout).toMatch(
      /^warn +workspace +msa\.yaml has .*\n +fix: msa validate$/m,
    );
  });
});
