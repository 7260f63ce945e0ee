import { describe, expect, test } from 'vitest';

import { percentileMs, rateStats } from '../../../../src/app/operate/rate-stats.ts';
import { latencyBounds, type GatewayStats, type TargetCounts } from '../../../../src/protocol/stats.ts';

/** Counts up to each bound, and all, of requests that took these seconds. */
function latenciesOf(seconds: readonly number[]): number[] {
  return [...latencyBounds, Infinity].map((bound) => seconds.filter((taken) => taken <= bound).length);
}

function target(more: Partial<TargetCounts>): TargetCounts {
  const none = { answers: {}, latencies: latenciesOf([]), incidents: {} };
  return { kind: 'route', name: '/orders', service: 'orders', inFlight: 0, ...none, ...more };
}

function counted(second: number, targets: readonly TargetCounts[], more: Partial<GatewayStats> = {}): GatewayStats {
  const at = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  return { at, targets, instances: [], consumers: [], utilization: 0, residentBytes: 0, ...more };
}

function askedBy(consumer: string, requests: number): Partial<GatewayStats> {
  return { consumers: [{ consumer, requests, refused: 1, failed: 0 }] };
}

describe('rates', () => {
  test('are what came between two counts', () => {
    const before = counted(0, [target({ answers: { '2xx': 100 }, incidents: { retry: 3 } })]);
    const answers = { '2xx': 115, '4xx': 3, '5xx': 1, none: 1 };
    const after = counted(2, [target({ answers, incidents: { retry: 5, timeout: 1 }, inFlight: 4 })]);
    expect(rateStats(before, after).targets).toMatchObject([
      { perSecond: 10, refusedShare: 0.15, failedShare: 0.1, inFlight: 4, incidents: { retry: 2, timeout: 1 } },
    ]);
  });

  test('of a gateway that began anew, or of a route that is new, count from nothing', () => {
    const before = counted(0, [target({ answers: { '2xx': 100 } })]);
    const after = counted(1, [target({ answers: { '2xx': 7 } }), target({ name: '/new', answers: { '2xx': 2 } })]);
    expect(rateStats(before, after).targets.map(({ perSecond }) => perSecond)).toEqual([7, 2]);
  });

  test('stand beside the state of a circuit, as it is now', () => {
    const report = rateStats(counted(0, [target({ circuit: 'open' }), target({ name: '/b' })]), {
      ...counted(1, [target({}), target({ name: '/b', circuit: 'half-open' })]),
    });
    expect(report.targets.map(({ circuit }) => circuit)).toEqual([undefined, 'half-open']);
  });

  test('of consumers stand beside all they have asked', () => {
    const report = rateStats(counted(0, [], askedBy('shop-app', 10)), counted(1, [], askedBy('shop-app', 25)));
    expect(report.consumers).toEqual([{ consumer: 'shop-app', requests: 25, refused: 1, failed: 0, perSecond: 15 }]);
  });
});

describe('a percentile', () => {
  test('is between the bounds of its bucket', () => {
    const counts = latenciesOf([...Array.from({ length: 90 }, () => 0.004), ...Array.from({ length: 10 }, () => 0.2)]);
    expect(percentileMs(counts, 0.5)).toBeGreaterThan(2.5);
    expect(percentileMs(counts, 0.5)).toBeLessThanOrEqual(5);
    expect(percentileMs(counts, 0.99)).toBeGreaterThan(100);
    expect(percentileMs(counts, 0.99)).toBeLessThanOrEqual(250);
  });

  test('is unknown when nothing came, and when it is above all bounds', () => {
    expect(percentileMs(latenciesOf([]), 0.5)).toBeNull();
    expect(percentileMs(latenciesOf([11, 12]), 0.5)).toBeNull();
  });
});
