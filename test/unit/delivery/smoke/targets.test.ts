import { describe, expect, test } from 'vitest';

import { rulesOf } from '../../../../src/delivery/smoke/rules.ts';
import { findTargets, type SmokeTarget } from '../../../../src/delivery/smoke/targets.ts';
import type { AggregateCall, Template } from '../../../../src/protocol/policies/aggregate.ts';
import type { RoutePolicy } from '../../../../src/protocol/policy.ts';
import type { RouteMatches } from '../../../../src/protocol/route-match.ts';
import type { System, SystemRoute } from '../../../../src/protocol/system.ts';

function route(service: string | undefined, matches: RouteMatches, policy?: RoutePolicy): SystemRoute {
  const declared = { ...matches, timeoutMs: 2000, retryAttempts: 0 };
  return { ...declared, ...(service && { service }), ...(policy && { policy }) };
}

function systemOf(...routes: readonly SystemRoute[]): System {
  const services: System['services'] = [
    { name: 'orders', health: { kind: 'tcp' } },
    { name: 'greeter', health: { kind: 'tcp' }, protocol: 'h2c' },
  ];
  return { workspace: 'shop-123456', name: 'shop', version: 'v1', services, routes, edges: [] };
}

function find(routes: readonly SystemRoute[], services: readonly string[] = [], resting: readonly string[] = []) {
  return findTargets(systemOf(...routes), { services, resting: new Set(resting) });
}

/** What becomes of each: the request, or why there is none. */
function plansOf(targets: readonly SmokeTarget[]) {
  return targets.map(({ plan }) => (plan.kind === 'request' ? plan.request : plan.reason));
}

function call(name: string, path: Template, more: Partial<AggregateCall> = {}): AggregateCall {
  const usual = { service: name, method: 'GET', query: [], headers: [], optional: false } as const;
  return { name, path, ...usual, place: { kind: 'group', key: name }, ...more };
}

function aggregate(...calls: readonly AggregateCall[]): SystemRoute {
  return route(undefined, { path: '/home' }, { aggregate: { timeoutMs: 1000, base: '/home', calls } });
}

describe('which requests are sent', () => {
  test('each match of a route asks for what it names', () => {
    const matches = [
      { path: '/sum', exact: true },
      { path: '/totals', methods: ['GET', 'HEAD'] },
      { path: '/a', headers: { 'x-tenant': 'acme' }, query: { q: 'b c&d', r: 'ü' } },
    ];
    const targets = find([route('orders', { path: '/sum', matches, hosts: ['*.example.com'] })]);
    expect(plansOf(targets)).toEqual([
      { host: 'smoke.example.com', path: '/sum', headers: [] },
      { host: 'smoke.example.com', path: '/totals', headers: [] },
      { host: 'smoke.example.com', path: '/a?q=b%20c%26d&r=%C3%BC', headers: [['x-tenant', 'acme']] },
    ]);
    expect(targets[2]?.name).toBe('GET *.example.com/a [x-tenant] ?q ?r');
  });

  test('of named services, all that lead to them, alone, in shares, or as a part', () => {
    const shares = [
      { service: 'orders', weight: 90 },
      { service: 'next', weight: 0 },
    ];
    const routes = [
      route('orders', { path: '/orders' }),
      route('users', { path: '/users' }),
      route(undefined, { path: '/shop' }, { split: shares }),
      route(undefined, { path: '/robots.txt' }, { respond: { status: 200, headers: {}, body: '' } }),
      aggregate(call('users', ['/users']), call('orders', ['/orders'])),
    ];
    const names = (services: readonly string[]): readonly string[] => find(routes, services).map(({ name }) => name);
    expect(names([])).toEqual(['GET /orders', 'GET /users', 'GET /shop', 'GET /robots.txt', 'GET /home']);
    expect(names(['orders'])).toEqual(['GET /orders', 'GET /shop', 'GET /home']);
    expect(names(['users'])).toEqual(['GET /users', 'GET /home']);
    expect(names(['next'])).toEqual([]);
  });

  test('what a GET says nothing of is told instead', () => {
    const routes = [
      route('orders', { path: '/a', matches: [{ path: '/a', methods: ['POST', 'PUT'] }] }),
      route('greeter', { path: '/hello.Greeter' }),
      route('asleep', { path: '/asleep' }),
      aggregate(call('orders', ['/orders/', { from: 'path', segment: 1 }])),
      aggregate(call('orders', ['/', { from: 'query', name: 'id' }, '/', { from: 'header', name: 'x-a' }])),
    ];
    expect(plansOf(find(routes, [], ['asleep']))).toEqual([
      'it takes only POST, PUT',
      'greeter speaks HTTP/2 without TLS, as gRPC does',
      'no instance of asleep is meant to run',
      'it asks for more of a path',
      'it asks for the parameter id, the header x-a',
    ]);
  });

  test('a part that others need asks as they do; one that may be missing does not', () => {
    const first = call('a', ['/', { from: 'query', name: 'id' }], { optional: true });
    const second = (optional: boolean) => call('b', ['/', { from: 'call', call: 'a', steps: ['id'] }], { optional });
    expect(plansOf(find([aggregate(first, second(false))]))).toEqual(['it asks for the parameter id']);
    const [target] = find([aggregate(first, second(true), call('c', ['/c']))]);
    expect(target?.plan).toMatchObject({ kind: 'request', rules: { mayLack: new Set(['a', 'b']) } });
  });

  test('a parameter that a call passes on may be left out', () => {
    const query = [['page', [{ from: 'query', name: 'page' }]]] as const;
    expect(find([aggregate(call('a', ['/a'], { query }))])[0]?.plan.kind).toBe('request');
  });
});

function guardsOf(policy?: RoutePolicy, gateway?: System['gateway']): readonly string[] {
  return [...rulesOf(route('orders', { path: '/orders' }, policy), gateway).guards.keys()];
}

describe('why the gateway may refuse', () => {
  const required = { mode: 'required', scopes: [], roles: [] } as const;
  const none = { mode: 'none', scopes: [], roles: [] } as const;
  test('nothing of a route that asks for nothing', () => {
    expect(guardsOf()).toEqual([]);
    expect(guardsOf({ auth: { ...none, methods: {}, forwardToken: true } })).toEqual([]);
  });

  test('what it asks of a GET', () => {
    const credentials = ['authentication-required', 'invalid-token', 'not-permitted'];
    expect(guardsOf({ auth: { ...required, methods: {}, forwardToken: true } })).toEqual(credentials);
    expect(guardsOf({ auth: { ...required, methods: { GET: none }, forwardToken: true } })).toEqual([]);
    expect(guardsOf({ auth: { ...none, methods: { GET: required }, forwardToken: true } })).toEqual(credentials);
  });

  test('addresses, of the route or of all', () => {
    const list = { allow: ['10.0.0.0/8'], deny: [] };
    expect(guardsOf({ access: list })).toEqual(['address-not-allowed']);
    expect(guardsOf(undefined, { access: { public: list } })).toEqual(['address-not-allowed']);
    expect(guardsOf(undefined, { access: { internal: list } })).toEqual([]);
  });
});
