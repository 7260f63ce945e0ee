import { describe, expect, test } from 'vitest';

import { judgeHealth } from '../../../../src/delivery/smoke/health.ts';
import { judgeAnswer, judgeLink, type SeenAnswer } from '../../../../src/delivery/smoke/judge.ts';
import { chooseEntryLinks, chooseLinks } from '../../../../src/delivery/smoke/links.ts';
import { ownPageRules, type AnswerRules } from '../../../../src/delivery/smoke/rules.ts';
import { listed } from '../../../support/fake-engine.ts';

const ofOrders: AnswerRules = { services: ['orders'], ownAnswer: false, mayLack: new Set(), guards: new Map() };
const fromOrders: SeenAnswer = {
  status: 200,
  instance: 'orders-1',
  service: 'orders',
  refusal: undefined,
  fallback: undefined,
  lacking: [],
};
const ofGateway: SeenAnswer = { ...fromOrders, instance: undefined, service: undefined };

function verdict(answer: Partial<SeenAnswer>, rules: Partial<AnswerRules> = {}): string {
  const { outcome, reason } = judgeAnswer({ ...fromOrders, ...answer }, { ...ofOrders, ...rules });
  return `${outcome}: ${reason}`;
}

describe('an answer', () => {
  test.each([200, 204, 301, 304, 400, 404, 405, 409, 422, 499])('of the service, %d, has passed', (status) => {
    expect(verdict({ status })).toBe(`passed: ${status} by orders-1`);
  });
  test.each([500, 501, 503, 599])('of the service, %d, has failed', (status) => {
    expect(verdict({ status })).toBe(`failed: ${status} by orders-1`);
  });
  test.each([401, 403, 429])('of the service, %d, says that it lets nobody in', (status) => {
    expect(verdict({ status })).toBe(`guarded: ${status} by orders-1`);
  });

  test('of the gateway has failed, whatever its status, unless the route asks for it', () => {
    const { instance, service } = ofGateway;
    const refused = { instance, service, status: 401, refusal: 'authentication-required' };
    expect(verdict(refused)).toBe('failed: 401 by the gateway: authentication-required');
    const guards = new Map([['authentication-required', 'it asks for a token']]);
    expect(verdict(refused, { guards })).toBe('guarded: 401 by the gateway: it asks for a token');
    expect(verdict({ ...refused, refusal: 'not-found', status: 404 }, { guards })).toBe(
      'failed: 404 by the gateway: not-found',
    );
    expect(verdict({ instance, service })).toBe('failed: 200 by the gateway: not from the service');
    expect(verdict({ instance, service }, { ownAnswer: true })).toBe('passed: 200 by the gateway');
    expect(verdict({ instance, service, status: 503 }, { services: [], ownAnswer: true })).toBe(
      'failed: 503 by the gateway',
    );
    expect(verdict({ instance, service, status: 503 }, { services: [], ownAnswer: true, declared: 503 })).toBe(
      'passed: 503 by the gateway',
    );
  });

  test('made of several is as good as its parts', () => {
    const made = { instance: undefined, service: undefined, lacking: ['reviews', 'hints'] };
    const rules = { services: [], ownAnswer: true };
    expect(verdict(made, rules)).toBe('failed: 200 by the gateway: without its parts reviews, hints');
    expect(verdict(made, { ...rules, mayLack: new Set(['hints']) })).toContain('without its parts reviews');
    expect(verdict(made, { ...rules, mayLack: new Set(['hints', 'reviews']) })).toBe('passed: 200 by the gateway');
    const refused = { ...made, lacking: [], refusal: 'part-failed' };
    expect(verdict({ ...refused, status: 401 }, rules)).toBe(
      'guarded: 401 by the gateway: a part of it lets nobody in',
    );
    expect(verdict({ ...refused, status: 502 }, rules)).toBe('failed: 502 by the gateway: part-failed');
  });

  test('of somebody else, or in place of one, has failed', () => {
    expect(verdict({ instance: 'users-1', service: 'users' })).toBe('failed: 200 by users-1: not from orders');
    expect(verdict({ instance: 'orders-9', service: undefined })).toBe('passed: 200 by orders-9');
    expect(verdict({ fallback: 'stale' })).toBe('failed: 200 by orders-1: not its own answer, but a fallback (stale)');
  });

  test('to a link is to be something', () => {
    expect(judgeLink({ ...fromOrders, status: 404 }, ofOrders).outcome).toBe('failed');
    expect(judgeLink({ ...fromOrders, status: 410 }, ofOrders).outcome).toBe('failed');
    expect(judgeLink({ ...fromOrders, status: 406 }, ofOrders).outcome).toBe('passed');
    expect(judgeLink({ ...fromOrders, status: 401 }, ofOrders).outcome).toBe('guarded');
    expect(judgeLink({ ...fromOrders, status: 500 }, ofOrders).outcome).toBe('failed');
    expect(judgeLink({ ...ofGateway, status: 404, refusal: 'not-found' }, ownPageRules).outcome).toBe('failed');
  });
});

function link(rel: string, href = '/a', method = 'GET') {
  return { rel, href, method };
}

describe('the links of an answer', () => {
  test('are followed once for each relation, if a GET is all it takes', () => {
    const links = [
      link('self'),
      link('item', '/1'),
      link('item', '/2'),
      link('pay', '/b', 'POST'),
      link('find', '/{?q}'),
    ];
    expect(chooseLinks([...links, link('next')])).toEqual([link('item', '/1'), link('next')]);
    expect(chooseLinks(Array.from({ length: 100 }, (_, index) => link(String(index))))).toHaveLength(8);
  });

  test('of the entry point lead to routes, but for its contract', () => {
    expect(chooseEntryLinks([link('orders'), link('service-desc', '/openapi.json'), link('describedby')])).toEqual([
      link('service-desc', '/openapi.json'),
    ]);
  });
});

test('a service is healthy when all that are to stay are up', () => {
  const table = [listed('orders-1'), listed('orders-2'), listed('users-1', { status: 'down', problem: 'refused' })];
  const reason = (service: string, isResting = false): string => {
    const judgement = judgeHealth(service, [...table, listed('orders-3', { status: 'draining' })], isResting);
    return `${judgement.outcome}: ${judgement.reason}`;
  };
  expect(reason('orders')).toBe('passed: 2 instances are up');
  expect(reason('users')).toBe('failed: users-1 is down: refused');
  expect(reason('nobody')).toBe('failed: there is no instance');
  expect(reason('nobody', true)).toBe('untried: no instance is meant to run');
});
