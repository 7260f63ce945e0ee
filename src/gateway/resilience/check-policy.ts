import type { BalancePolicy } from '../../protocol/policies/balance.ts';
import type { BreakerPolicy } from '../../protocol/policies/breaker.ts';
import type { ConcurrencyPolicy } from '../../protocol/policies/concurrency.ts';
import type { FallbackPolicy } from '../../protocol/policies/fallback.ts';
import type { TriesPolicy } from '../../protocol/policies/tries.ts';

/*
 * The registry passes rules on as they are, and they may be of another version. Each check gives the rule back, or
 * throws with what it cannot be.
 */

const longestMs = 3_600_000;
const mostRequests = 10_000;

export function checkTries(policy: TriesPolicy): TriesPolicy {
  const { tryTimeoutMs, retryOn, backoffMs, hedgeAfterMs } = policy;
  optionalNumber('tryTimeoutMs', tryTimeoutMs, [1, longestMs]);
  optionalNumber('backoffMs', backoffMs, [1, longestMs]);
  optionalNumber('hedgeAfterMs', hedgeAfterMs, [1, longestMs]);
  if (retryOn !== undefined && !Array.isArray(retryOn)) throw new TypeError('retryOn must be a list');
  for (const status of retryOn ?? []) requireNumber('retryOn', status, [500, 599]);
  return policy;
}

export function checkBalance(policy: BalancePolicy): BalancePolicy {
  const { method, slowStartMs, panic, ejectAfter } = policy;
  optionalNumber('slowStartMs', slowStartMs, [1, longestMs]);
  optionalNumber('panic', panic, [0, 1]);
  optionalNumber('ejectAfter', ejectAfter, [1, mostRequests]);
  if (method === undefined) return policy;
  requireOneOf('method', method.kind, ['least-loaded', 'quickest', 'round-robin', 'hash']);
  if (method.kind !== 'hash') return policy;
  requireOneOf('hash', method.from, ['header', 'cookie', 'address']);
  if (method.from !== 'address') requireText('hash', method.name);
  return policy;
}

export function checkBreaker(policy: BreakerPolicy): BreakerPolicy {
  const { window, minimum, failureRate, slowRate, slowAfterMs, openMs, probes } = policy;
  if ('requests' in window) requireWhole('window', window.requests, [1, mostRequests]);
  else requireNumber('window', window.ms, [1, longestMs]);
  requireWhole('minimum', minimum, [1, mostRequests]);
  requireNumber('failureRate', failureRate, [0.001, 1]);
  optionalNumber('slowRate', slowRate, [0.001, 1]);
  optionalNumber('slowAfterMs', slowAfterMs, [1, longestMs]);
  requireNumber('openMs', openMs, [1, longestMs]);
  requireWhole('probes', probes, [1, mostRequests]);
  return policy;
}

export function checkConcurrency(policy: ConcurrencyPolicy): ConcurrencyPolicy {
  const { limit, queue, waitMs } = policy;
  if (limit !== 'adaptive') requireWhole('limit', limit, [1, mostRequests]);
  requireWhole('queue', queue, [0, mostRequests]);
  requireNumber('waitMs', waitMs, [1, longestMs]);
  return policy;
}

export function checkFallback(policy: FallbackPolicy): FallbackPolicy {
  if (!Array.isArray(policy)) throw new TypeError('fallback must be a list');
  for (const fallback of policy) {
    requireOneOf('fallback', fallback.kind, ['stale', 'service', 'answer']);
    if (fallback.kind === 'stale') requireNumber('forMs', fallback.forMs, [1, 24 * longestMs]);
    else if (fallback.kind === 'service') requireText('service', fallback.service);
    else {
      requireWhole('status', fallback.status, [200, 599]);
      requireText('type', fallback.type);
      if (typeof fallback.body !== 'string') throw new TypeError('body must be a text');
    }
  }
  return policy;
}

type Range = readonly [least: number, most: number];

function optionalNumber(name: string, value: unknown, range: Range): void {
  if (value !== undefined) requireNumber(name, value, range);
}

function requireWhole(name: string, value: unknown, range: Range): void {
  requireNumber(name, value, range);
  if (!Number.isInteger(value)) throw new TypeError(`${name} must be a whole number`);
}

function requireNumber(name: string, value: unknown, [least, most]: Range): void {
  if (typeof value === 'number' && value >= least && value <= most) return;
  throw new TypeError(`${name} must be a number from ${least} to ${most}`);
}

function requireText(name: string, value: unknown): void {
  // It may go into a header field or a log.
  if (typeof value === 'string' && /^[\x20-\x7e]{1,200}$/.test(value)) return;
  throw new TypeError(`${name} must be a short text`);
}

function requireOneOf(name: string, value: unknown, words: readonly string[]): void {
  if (typeof value === 'string' && words.includes(value)) return;
  throw new TypeError(`${name} must be one of ${words.join(', ')}`);
}
