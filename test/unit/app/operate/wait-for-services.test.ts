import { describe, expect, test } from 'vitest';

import { waitForServices, type WaitDeps } from '../../../../src/app/operate/wait-for-services.ts';
import { systemClock } from '../../../../src/io/clock.ts';
import { createStopper } from '../../../../src/io/stopper.ts';
import { MsaError } from '../../../../src/model/errors.ts';
import type { ControlPlane } from '../../../../src/ports/control-plane.ts';
import type { Engine } from '../../../../src/ports/engine.ts';
import { fakeControl, fakeEngine, listed, stateOf } from '../../../support/fake-engine.ts';

const up = stateOf([listed('orders-1'), listed('orders-2'), listed('users-1', { status: 'starting' })]);

interface Scene extends Partial<WaitDeps> {
  readonly diagnose?: Engine['diagnose'];
}

function depsWith(control: ControlPlane, { diagnose = async () => [], ...overrides }: Scene = {}): WaitDeps {
  const { signal } = new AbortController();
  const engine = fakeEngine([], { control: async () => control, diagnose });
  return { engine, clock: systemClock, createStopper, signal, ...overrides };
}

const reports = (...revisions: readonly number[]) => ({
  gateways: async () => revisions.map((revision, index) => ({ id: `gateway-${index + 1}`, epoch: 'e1', revision })),
});

async function failureOf(work: Promise<unknown>): Promise<Partial<MsaError>> {
  try {
    await work;
  } catch (error) {
    const { code, message, details, hint } = error as MsaError;
    return { code, message, details, ...(hint !== undefined && { hint }) };
  }
  throw new Error('it did not fail');
}

describe('waiting ends', () => {
  test('when all instances are up and every gateway knows', async () => {
    const states = [stateOf([]), stateOf([listed('orders-1', { status: 'starting' })]), up];
    const asked: number[] = [];
    const control = fakeControl(states, {
      gateways: async () => {
        asked.push(1);
        return [{ id: 'gateway-1', epoch: 'e1', revision: asked.length < 3 ? 0 : 1 }];
      },
    });
    expect(await waitForServices(depsWith(control), { services: ['orders'], timeoutMs: 10_000 })).toBe(up);
    expect(asked).toHaveLength(3);
  });

  test('without regard to instances that are about to leave', async () => {
    const state = stateOf([listed('orders-1'), listed('orders-2', { status: 'draining' })]);
    const control = fakeControl([state], reports(1));
    expect(await waitForServices(depsWith(control), { services: ['orders'], timeoutMs: 10_000 })).toBe(state);
  });

  test('with Ctrl-C', async () => {
    const stop = new AbortController();
    const control = fakeControl([stateOf([])]);
    const waiting = waitForServices(depsWith(control, { signal: stop.signal }), { services: ['a'], timeoutMs: 10_000 });
    stop.abort();
    await expect(waiting).rejects.toThrow(stop.signal.reason);
  });

  test('also where the registry is only about to start, or starts again', async () => {
    const asked: string[] = [];
    const engine = fakeEngine([], {
      control: async () => {
        asked.push('control');
        return asked.length < 3 ? undefined : broken;
      },
    });
    const broken = fakeControl([up], {
      ...reports(1),
      watch: async function* (signal) {
        asked.push('watch');
        if (!asked.includes('control', asked.indexOf('watch'))) throw new MsaError('MSA_REGISTRY_UNREACHABLE', 'away');
        yield* fakeControl([up]).watch(signal);
      },
    });
    const deps = depsWith(broken, { engine });
    expect(await waitForServices(deps, { services: ['orders'], timeoutMs: 10_000 })).toBe(up);
    expect(asked).toEqual(['control', 'control', 'control', 'watch', 'control', 'watch']);
  });
});

describe('when the time is up it says', () => {
  test('what each instance lacks, and which service has none', async () => {
    const control = fakeControl(
      [stateOf([listed('orders-1'), listed('orders-2', { status: 'down', problem: 'connection refused' })])],
      reports(1),
    );
    const deps = depsWith(control, { diagnose: async () => ['it listens on 127.0.0.1:3000 only'] });
    expect(await failureOf(waitForServices(deps, { services: ['orders', 'users'], timeoutMs: 100 }))).toEqual({
      code: 'MSA_UNHEALTHY',
      message: 'not healthy within 0.1 s: orders, users',
      details: ['orders-2 is down; connection refused; it listens on 127.0.0.1:3000 only', 'users has no instance'],
      hint: 'msa logs orders users',
    });
  });

  test('the same where the engine cannot say why', async () => {
    const control = fakeControl([stateOf([listed('a-1', { status: 'starting' })])], reports(1));
    const deps = depsWith(control, { diagnose: () => Promise.reject(new Error('gone')) });
    const { details } = await failureOf(waitForServices(deps, { services: ['a'], timeoutMs: 100 }));
    expect(details).toEqual(['a-1 is starting']);
  });

  test.each([
    ['there is no gateway', reports()],
    ['one of them is behind', reports(1, 0)],
    ['it knows another registry', { gateways: async () => [{ id: 'gateway-1', epoch: 'e0', revision: 9 }] }],
  ])('that the gateway does not know: %s', async (_, gateways) => {
    const control = fakeControl([up], gateways);
    expect(await failureOf(waitForServices(depsWith(control), { services: ['orders'], timeoutMs: 100 }))).toMatchObject(
      {
        code: 'MSA_UNHEALTHY',
        message: 'every instance is healthy, but the gateway did not get to know within 0.1 s',
      },
    );
  });

  test('that there is no registry', async () => {
    const nobody = depsWith(fakeControl([]), { engine: fakeEngine([]) });
    expect(await failureOf(waitForServices(nobody, { services: ['a'], timeoutMs: 100 }))).toMatchObject({
      message: 'the registry did not answer within 0.1 s',
    });
  });
});
