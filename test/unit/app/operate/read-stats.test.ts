import { expect, test } from 'vitest';

import { watchStats } from '../../../../src/app/operate/read-stats.ts';
import { MsaError } from '../../../../src/model/errors.ts';
import type { GatewayStats } from '../../../../src/protocol/stats.ts';
import { gatewayLeaseMs } from '../../../../src/protocol/watch.ts';

const away = new MsaError('MSA_REGISTRY_UNREACHABLE', 'the registry does not answer');

/** What a gateway counts by this time. */
function countedAt(now: number): GatewayStats {
  return {
    at: new Date(now).toISOString(),
    targets: [],
    instances: [],
    consumers: [],
    utilization: 0,
    residentBytes: 0,
  };
}

/** Statistics in a time that passes by itself, of a gateway that counts; `isThere` is when the registry answers. */
function watchWhile(isThere: (now: number) => boolean) {
  let now = 0;
  const clock = {
    now: () => now,
    date: () => new Date(now),
    sleep: (durationMs: number) => {
      now += durationMs;
      return Promise.resolve();
    },
  };
  const gateways = () => {
    return isThere(now) ? Promise.resolve([{ id: 'gateway-1', epoch: 'a', revision: 1 }]) : Promise.reject(away);
  };
  const gatewayStats = () => Promise.resolve(countedAt(now - (now % 2000)));
  const { signal } = new AbortController();
  return { reports: watchStats({ gateways, gatewayStats }, { clock, signal }), now: () => now };
}

test('statistics go on when the registry was away for a moment', async () => {
  const { reports } = watchWhile((now) => now < 3000 || now > 6000);
  const seconds: number[] = [];
  for await (const report of reports) {
    seconds.push(report.seconds);
    if (seconds.length === 3) break;
  }
  expect(seconds).toEqual([2, 4, 2]);
});

test('statistics end when the registry stays away, and at once when it never was there', async () => {
  const gone = watchWhile((now) => now < 3000);
  await gone.reports.next();
  await expect(gone.reports.next()).rejects.toBe(away);
  expect(gone.now()).toBeGreaterThan(gatewayLeaseMs);
  const never = watchWhile(() => false);
  await expect(never.reports.next()).rejects.toBe(away);
  expect(never.now()).toBe(0);
});
