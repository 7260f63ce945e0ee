import { describe, expect, test } from 'vitest';

import { pickInstance } from '../../../../src/app/operate/pick-instance.ts';
import { selectInstances } from '../../../../src/app/operate/select-instances.ts';
import { MsaError } from '../../../../src/model/errors.ts';
import { observed } from '../../../support/fake-engine.ts';

const known = {
  instances: [observed('gateway-1'), observed('orders-1'), observed('orders-2'), observed('users-1')],
  services: ['users', 'orders', 'mails'],
};
const select = (...names: readonly string[]): string[] => selectInstances(known, names).map(({ id }) => id);

function pick(instances: Parameters<typeof selectInstances>[0]['instances']): string {
  return pickInstance({ instances, services: [] }, 'orders').id;
}

function failureOf(work: () => unknown): Partial<MsaError> {
  try {
    work();
  } catch (error) {
    if (error instanceof MsaError) return { code: error.code, message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error('it did not fail');
}

describe('names stand for', () => {
  test('all instances of a service or of a part of the platform', () => {
    expect(select('orders')).toEqual(['orders-1', 'orders-2']);
    expect(select('gateway')).toEqual(['gateway-1']);
  });

  test('one instance, and none twice, in the order they are listed', () => {
    expect(select('users-1', 'orders-2', 'orders', 'orders-2')).toEqual(['orders-1', 'orders-2', 'users-1']);
  });

  test('a service before an instance that is called the same', () => {
    const instances = [observed('orders-1'), observed('orders-1-1', { unit: 'orders-1' })];
    const found = selectInstances({ instances, services: ['orders', 'orders-1'] }, ['orders-1']);
    expect(found.map(({ id }) => id)).toEqual(['orders-1-1']);
  });

  test('nothing: said with what was probably meant, and with everything there is', () => {
    expect(failureOf(() => select('ordres'))).toEqual({
      code: 'MSA_INSTANCE_UNKNOWN',
      message: 'nothing that runs is called "ordres"',
      hint: 'Did you mean orders?',
    });
    expect(failureOf(() => select('payments')).hint).toBe('msa ps lists what runs.');
    expect(failureOf(() => select('orders-9')).hint).toBe('Did you mean orders-1?');
  });

  test('a service that does not run: said with how to start it', () => {
    expect(failureOf(() => select('mails'))).toEqual({
      code: 'MSA_NOT_RUNNING',
      message: 'no instance of mails runs',
      hint: 'Start it: msa up mails',
    });
  });
});

describe('one instance is', () => {
  test('the first that runs, else one that starts', () => {
    expect(pick([observed('orders-1', { state: 'restarting' }), observed('orders-2')])).toBe('orders-2');
    expect(pick([observed('orders-1', { state: 'gone' }), observed('orders-2', { state: 'starting' })])).toBe(
      'orders-2',
    );
  });

  test('none where all have ended: said with the state of each', () => {
    const instances = [observed('orders-1', { state: 'gone' }), observed('orders-2', { state: 'restarting' })];
    expect(failureOf(() => pick(instances))).toEqual({
      code: 'MSA_NOT_RUNNING',
      message: 'orders-1 is gone, orders-2 is restarting',
      hint: 'msa logs orders says why; msa up starts it again.',
    });
  });
});
