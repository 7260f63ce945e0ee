import { expect, test } from 'vitest';

import { isWatchState } from '../../../src/gateway/state/parse-state.ts';

function stateWith(route: object): unknown {
  const whole = { path: '/a', timeoutMs: 1, retryAttempts: 0, ...route };
  const system = { workspace: 'w', name: 'w', version: '1', services: [], routes: [whole], edges: [] };
  return { type: 'state', epoch: 'e', revision: 1, system, instances: [] };
}

test.each<[string, object]>([
  ['a path alone', {}],
  ['a service', { service: 'a' }],
  [
    'hosts and matches',
    { hosts: ['a.test'], matches: [{ path: '/a', methods: ['GET'], headers: { a: '1' }, query: {} }] },
  ],
  ['a policy of another version', { policy: { unheardOf: true } }],
])('a state with a route of %s is one', (_what, route) => {
  expect(isWatchState(stateWith(route))).toBe(true);
});

test.each<[string, object]>([
  ['no path', { path: undefined }],
  ['a service that is a number', { service: 1 }],
  ['hosts that are a text', { hosts: 'a.test' }],
  ['a host that is none', { hosts: [1] }],
  ['matches that are a text', { matches: '/a' }],
  ['a match without a path', { matches: [{ methods: ['GET'] }] }],
  ['methods that are a text', { matches: [{ path: '/a', methods: 'GET' }] }],
  ['fields that are a list', { matches: [{ path: '/a', headers: [1] }] }],
  ['a parameter that is a number', { matches: [{ path: '/a', query: { a: 1 } }] }],
  ['a policy that is a text', { policy: 'none' }],
])('a state with a route of %s is none', (_what, route) => {
  expect(isWatchState(stateWith(route))).toBe(false);
});
