import { describe, expect, test } from 'vitest';

import { down } from '../../../../src/app/system/down.ts';
import { placeOf } from '../../../../src/app/system/place-of.ts';
import { up } from '../../../../src/app/system/up.ts';
import { parseWorkspace } from '../../../../src/model/parse-workspace.ts';
import { MsaError } from '../../../../src/model/errors.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { service, workspaceOf } from '../../plan/random-systems.ts';
import type { EngineChoice } from '../../../../src/model/workspace.ts';
import type { EngineKind } from '../../../../src/ports/engine.ts';
import { broken, livingEngine, type Living } from './living-engine.ts';
import { filesOf, machine, openedOf, settingOf, shop, upRequest } from './setting.ts';

describe('up', () => {
  test('brings everything up, and says nothing is to be done when it does', async () => {
    const living = livingEngine();
    const { deps, events } = settingOf(machine([living]));
    const result = await up(deps, openedOf(shop), upRequest());
    expect(result).toMatchObject({ engine: 'process', failure: undefined, publicUrl: 'http://localhost:8080' });
    expect([...living.instances.keys()].toSorted()).toEqual([
      'gateway-1',
      'orders-1',
      'redis-1',
      'registry-1',
      'users-1',
      'users-2',
    ]);
    expect(living.mostAtOnce()).toBeGreaterThan(2);
    expect(events[0]).toMatchObject({ type: 'plan', engine: 'process' });
    expect(events).toContainEqual({ type: 'operation', id: 'await orders', state: 'done' });
    expect(events).toContainEqual({ type: 'output', id: 'build orders', line: 'a line of the build' });
    const again = await up(deps, openedOf(shop), upRequest());
    expect(again.plan.operations).toEqual([]);
  });

  test.each([
    [{}, 'msa.yaml:2:25 certs/a.pem does not exist.'],
    [{ '/w/certs/a.pem': 'x' }, 'msa.yaml:2:43 certs/a.key does not exist.'],
    [{ '/w/certs/a.pem': 'x', '/w/certs/a.key': 'y' }, 'msa.yaml:2:25 certs/a.pem is no certificate in PEM.'],
  ])('refuses a certificate that no server could show: %j', async (files, problem) => {
    const text = 'name: shop\ngateway: { tls: { cert: certs/a.pem, key: certs/a.key } }\n';
    const parsed = parseWorkspace(text, { file: 'msa.yaml' });
    if (!parsed.ok) throw new Error('the workspace is valid');
    const living = livingEngine();
    const { deps } = settingOf(machine([living]), { files: filesOf(files) });
    const opened = { root: '/w', text, workspace: parsed.workspace };
    const failed = await up(deps, opened, upRequest()).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'MSA_WORKSPACE_INVALID', details: [problem] });
    expect(living.begun).toEqual([]);
  });

  test('starts nothing of what needs a store before that is healthy', async () => {
    const living = livingEngine();
    const { deps } = settingOf(machine([living]));
    await up(deps, openedOf(shop), upRequest());
    expect(living.begun.indexOf('start orders-1')).toBeLessThan(living.begun.indexOf('start users-1'));
  });

  test('a dry run changes nothing', async () => {
    const living = livingEngine();
    const { deps, events } = settingOf(machine([living]));
    const { plan } = await up(deps, openedOf(shop), upRequest({ dryRun: true }));
    expect(plan.operations.length).toBeGreaterThan(10);
    expect(living.begun).toEqual([]);
    expect(events).toEqual([]);
  });

  test('replaces a changed service and leaves the others alone', async () => {
    const living = livingEngine();
    const { deps } = settingOf(machine([living]));
    await up(deps, openedOf(shop), upRequest());
    living.begun.length = 0;
    living.contents.set('orders', '2');
    await up(deps, openedOf(shop), upRequest());
    expect(living.begun).toEqual(['build orders', 'publish', 'start orders-2', 'stop orders-1']);
  });

  test('passes the port on, and keeps a service out that runs elsewhere', async () => {
    const living = livingEngine();
    const { deps } = settingOf(machine([living]));
    const request = upRequest({ port: 'auto', except: ['users'] });
    const result = await up(deps, openedOf(shop), request);
    expect(living.located[0]).toMatchObject({ gatewayPort: 'auto' });
    expect(result.publicUrl).toBe('http://localhost:9999');
    expect([...living.instances.keys()]).not.toContain('users-1');
  });
});

describe('a failed up', () => {
  test('keeps what works, and tells what failed with the last words', async () => {
    const living = livingEngine();
    living.behaviours.set('orders', 'ends');
    const { deps } = settingOf(machine([living]));
    const { failure } = await up(deps, openedOf(shop), upRequest());
    expect(failure).toMatchObject({
      code: 'MSA_UP_FAILED',
      message: 'shop is up only in part: orders-1 ended with exit code 7',
    });
    expect(failure?.details).toContain('| last words of orders-1');
    expect(failure?.details).toContain('it was looked at: orders-1');
    expect([...living.instances.keys()]).toContain('users-1');
  });

  test('does not wait out the time for what keeps crashing', async () => {
    const living = livingEngine();
    living.behaviours.set('orders', 'loops');
    const { deps } = settingOf(machine([living]));
    const running = up(deps, openedOf(shop), upRequest({ timeoutMs: 600_000 }));
    await waitUntil('it was started', async () => living.instances.has('orders-1'));
    let restarts = 0;
    const crashing = setInterval(() => {
      restarts += 1;
      const instance = living.instances.get('orders-1');
      if (instance !== undefined) living.instances.set('orders-1', { ...instance, restarts });
    }, 50);
    const { failure } = await running.finally(() => clearInterval(crashing));
    expect(failure?.message).toMatch(/orders-1 keeps crashing: it was started again \d+ times/);
  });

  test('says what the probes said when the time is up', async () => {
    const living = livingEngine();
    living.behaviours.set('orders', 'sick');
    const { deps } = settingOf(machine([living]));
    const { failure } = await up(deps, openedOf(shop), upRequest({ timeoutMs: 100 }));
    expect(failure?.message).toBe(
      'shop is up only in part: orders-1 did not become healthy within 0.1 s: connection refused',
    );
  });

  test('skips what needs what failed, and goes on with the rest', async () => {
    const living = livingEngine();
    living.failures.set('build users', broken('no space left'));
    living.failures.set('start orders-1', broken('no such image'));
    const { deps, events } = settingOf(machine([living]));
    const { failure } = await up(deps, openedOf(shop), upRequest());
    expect(failure?.message).toBe('shop is up only in part: 2 things failed');
    expect(failure?.details).toEqual([
      'build users: no space left',
      'start orders-1: no such image',
      'skipped, because build users failed: start users-1, start users-2',
      'skipped, because start orders-1 failed: await orders',
    ]);
    expect(events).toContainEqual({
      type: 'operation',
      id: 'start users-1',
      state: 'skipped',
      because: 'build users failed',
    });
    expect([...living.instances.keys()].toSorted()).toEqual(['gateway-1', 'redis-1', 'registry-1']);
  });

  test('does not claim that part of it is up when nothing is', async () => {
    const living = livingEngine();
    living.failures.set('open', broken('no space left'));
    const { deps } = settingOf(machine([living]));
    const { failure } = await up(deps, openedOf(shop), upRequest());
    expect(failure?.message).toBe('shop did not come up: no space left');
    expect(failure?.details).toEqual([
      expect.stringMatching(/^skipped, because open failed: build registry, .*start orders-1$/),
    ]);
  });

  test('does not wait out the time for an engine that has gone away', async () => {
    const living = livingEngine();
    living.behaviours.set('orders', 'sick');
    const gone = new MsaError('MSA_ENGINE_UNAVAILABLE', 'Docker could not list the containers');
    const isGone = (): boolean => living.instances.has('orders-1');
    const refuseWhenGone = <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
      isGone() ? Promise.reject(gone) : ask();
    const engine = {
      ...living.engine,
      observe: () => refuseWhenGone(living.engine.observe),
      control: () => refuseWhenGone(living.engine.control),
    };
    const { deps } = settingOf(machine([{ ...living, engine }]));
    const { failure } = await up(deps, openedOf(shop), upRequest({ timeoutMs: 600_000 }));
    expect(failure).toMatchObject({ code: 'MSA_ENGINE_UNAVAILABLE', exitCode: 3 });
    expect(failure?.message).toContain('Docker could not list the containers');
  });

  test('keeps the old instances when the new ones are not healthy', async () => {
    const living = livingEngine();
    const { deps } = settingOf(machine([living]));
    await up(deps, openedOf(shop), upRequest());
    living.contents.set('orders', '2');
    living.failures.set('start orders-2', broken('it does not start'));
    const { failure } = await up(deps, openedOf(shop), upRequest());
    expect(failure).toBeDefined();
    expect([...living.instances.keys()]).toContain('orders-1');
  });

  test('says it is up only after what an earlier run left unhealthy is', async () => {
    const living = livingEngine();
    living.behaviours.set('orders', 'sick');
    const { deps } = settingOf(machine([living]));
    await up(deps, openedOf(shop), upRequest({ timeoutMs: 100 }));
    const { failure } = await up(deps, openedOf(shop), upRequest({ timeoutMs: 100 }));
    expect(failure?.code).toBe('MSA_UP_FAILED');
  });

  test('ends as the environment does when that is all that is wrong', async () => {
    const living = livingEngine();
    living.failures.set('start gateway-1', new MsaError('MSA_PORT_TAKEN', 'port 8080 is taken by node (pid 7)'));
    const { deps } = settingOf(machine([living]));
    const { failure } = await up(deps, openedOf(shop), upRequest());
    expect(failure).toMatchObject({ code: 'MSA_PORT_TAKEN', exitCode: 3 });
  });
});

describe('an interrupted up', () => {
  test('leaves nothing where nothing was', async () => {
    const living = livingEngine();
    living.behaviours.set('orders', 'sick');
    const { deps, interrupt } = settingOf(machine([living]));
    const running = up(deps, openedOf(shop), upRequest());
    await waitUntil('it was started', async () => living.instances.has('orders-1'));
    interrupt();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect(living.instances.size).toBe(0);
    expect(living.begun.at(-1)).toBe('close');
  });

  test('takes back what it did to a running system, and what it told the registry', async () => {
    const living = livingEngine();
    const { deps } = settingOf(machine([living]));
    await up(deps, openedOf(shop), upRequest());
    const before = { instances: new Set(living.instances.keys()), system: living.system() };
    const third = workspaceOf([...shop.services, service('mail')]);
    living.behaviours.set('mail', 'sick');
    const second = settingOf(machine([living]));
    const running = up(second.deps, openedOf(third), upRequest());
    await waitUntil('it was started', async () => living.instances.has('mail-1'));
    second.interrupt();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect({ instances: new Set(living.instances.keys()), system: living.system() }).toEqual(before);
  });

  test('stops what was just being started', async () => {
    const living = livingEngine();
    const { deps } = settingOf(machine([living]));
    await up(deps, openedOf(shop), upRequest());
    living.contents.set('orders', '2');
    living.endless.add('start orders-2');
    const second = settingOf(machine([living]));
    const running = up(second.deps, openedOf(shop), upRequest());
    await waitUntil('it is being started', async () => living.begun.includes('start orders-2'));
    second.interrupt();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect(living.begun.at(-1)).toBe('stop orders-2');
    expect([...living.instances.keys()]).toContain('orders-1');
  });

  test('says what could not be taken back', async () => {
    const living = livingEngine();
    living.behaviours.set('orders', 'sick');
    living.failures.set('close', broken('orders-1 does not let go'));
    const { deps, interrupt } = settingOf(machine([living]));
    const running = up(deps, openedOf(shop), upRequest());
    await waitUntil('it was started', async () => living.instances.has('orders-1'));
    interrupt();
    await expect(running).rejects.toMatchObject({
      code: 'MSA_INTERRUPTED',
      details: ['close: orders-1 does not let go'],
    });
  });
});

interface Choice {
  readonly engines: readonly Living[];
  readonly file?: EngineChoice;
  readonly flag?: EngineChoice;
  readonly kind: EngineKind;
  readonly why: string;
}

describe('the choice of the engine', () => {
  const docker = livingEngine('docker');
  const process = livingEngine('process');

  test.each<Choice>([
    { engines: [docker, process], kind: 'docker', why: 'docker 1 answers' },
    { engines: [process], kind: 'process', why: 'Docker cannot be used: none here' },
    { engines: [docker, process], file: 'process', kind: 'process', why: 'msa.yaml says so' },
    { engines: [docker, process], flag: 'process', kind: 'process', why: '--engine says so' },
  ])('is $kind when $why', async ({ engines, file = 'auto', flag, kind, why }) => {
    const { deps } = settingOf(machine(engines));
    const told: string[] = [];
    const request = upRequest({ engine: flag, dryRun: true, onEngine: (...said) => told.push(said.join(': ')) });
    const { engine } = await up(deps, openedOf({ ...shop, engine: file }), request);
    expect(engine).toBe(kind);
    expect(told).toEqual([`${kind}: ${why}`]);
  });

  test('is the one in which it runs, and no other', async () => {
    const both = machine([livingEngine('docker'), livingEngine('process')]);
    const { deps } = settingOf(both);
    await up(deps, openedOf(shop), upRequest({ engine: 'process' }));
    const again = await up(deps, openedOf({ ...shop, engine: 'docker' }), upRequest());
    expect(again.engine).toBe('process');
    await expect(up(deps, openedOf(shop), upRequest({ engine: 'docker' }))).rejects.toMatchObject({
      code: 'MSA_ENGINE_CONFLICT',
      message: 'shop already runs as processes',
    });
    const place = await placeOf(deps, openedOf(shop));
    expect((await down(deps, place, { data: false })).engines).toEqual(['process']);
  });
});

describe('what keeps up from beginning', () => {
  test('isolation that is not built yet', async () => {
    const { deps } = settingOf(machine([livingEngine()]));
    await expect(up(deps, openedOf({ ...shop, isolation: 'strict' }), upRequest())).rejects.toMatchObject({
      code: 'MSA_USAGE',
    });
  });

  test('a name that is no service', async () => {
    const { deps } = settingOf(machine([livingEngine()]));
    for (const request of [upRequest({ services: ['user'] }), upRequest({ except: ['user'] })]) {
      await expect(up(deps, openedOf(shop), request)).rejects.toMatchObject({
        code: 'MSA_SERVICE_UNKNOWN',
        hint: 'Did you mean users?',
      });
    }
  });

  test('folders that cannot be run, all at once', async () => {
    const living = livingEngine();
    for (const name of ['users', 'orders'])
      living.contents.set(
        name,
        new MsaError('MSA_SERVICE_UNRUNNABLE', `${name} has no Dockerfile`, { hint: 'Add one.' }),
      );
    const { deps } = settingOf(machine([living]));
    await expect(up(deps, openedOf(shop), upRequest())).rejects.toMatchObject({
      code: 'MSA_SERVICE_UNRUNNABLE',
      message: '2 services cannot be run',
      details: expect.arrayContaining(['users has no Dockerfile', '  Add one.', 'orders has no Dockerfile']),
    });
    expect(living.begun).toEqual([]);
  });

  test('env files that are missing or wrong, with the line', async () => {
    const workspace = workspaceOf([service('a', { envFile: 'a/.env' }), service('b', { envFile: 'b/.env' })]);
    const { deps } = settingOf(machine([livingEngine()]), { files: filesOf({ '/w/b/.env': 'OK=1\nnot ok' }) });
    await expect(up(deps, openedOf(workspace), upRequest())).rejects.toMatchObject({
      code: 'MSA_WORKSPACE_INVALID',
      details: ['a/.env of a does not exist', expect.stringContaining('b/.env:2 is no `NAME=value`')],
    });
  });
});
