import { expect, it } from 'vitest';

import { closest } from '../../../src/model/closest.ts';

it.each([
  ['engin', 'engine'],
  ['egnine', 'engine'],
  ['NAME', 'name'],
  ['replica', 'replicas'],
  ['gatewayy', 'gateway'],
])('%s most likely means %s', (typed, meant) => {
  expect(closest(typed, ['name', 'engine', 'replicas', 'gateway'])).toBe(meant);
});

it('proposes nothing when nothing is near', () => {
  expect(closest('volumes', ['name', 'engine', 'gateway'])).toBeUndefined();
  expect(closest('x', [])).toBeUndefined();
  expect(closest('ab', ['xy'])).toBeUndefined();
});

it('takes the nearest, and the first of two that are equally near', () => {
  expect(closest('order', ['orders', 'orderly', 'border'])).toBe('orders');
});
