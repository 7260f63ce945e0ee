import { expect, test } from 'vitest';

import { createReport } from '../../../../src/chaos/report.ts';
import { renderKillReport } from '../../../../src/cli/chaos/render-kill-report.ts';
import { createColors, noColors } from '../../../../src/cli/terminal/colors.ts';
import { plainText } from '../../../../src/cli/terminal/plain-text.ts';
import { answer, goodJournal, setting } from '../../chaos/journals.ts';

const good = createReport(goodJournal(), setting);

function badReport() {
  const refused = { failure: 'status 502 by the gateway: connection-failed', status: 502, requestId: 'abc-1' };
  const failed = [3150, 3200, 3900].map((atMs) => answer(atMs, 'orders-1', refused));
  const lost = answer(3400, 'x', { instance: undefined, status: undefined, failure: 'connection reset' });
  const requests = [...goodJournal().requests, ...failed, lost];
  const changes = goodJournal().changes.slice(0, 3);
  return createReport(goodJournal({ requests, changes }), { ...setting, instancesUp: 1 });
}

test('a run that went well, at one look', () => {
  expect(renderKillReport(good, noColors)).toMatchInlineSnapshot(`
    "held  orders-2 was killed under load: no request failed, and orders-2 came back by itself

                                ↓ killed
    orders-1  ▄·▄▄▄▄▄▄▄▄▄▄·▄▄▄▄▄▄████▄▄▄▄▄▄▄▄▄▄▄·▄▄▄▄▄▄▄▄▄▄·▄▄▄▄▄▄▄▄▄·
    orders-2  ·▄▄▄▄▄·▄▄▄▄▄▄▄▄▄▄·▄·····▄▄▄▄·▄▄▄▄▄▄▄▄▄▄·▄▄▄▄▄▄▄▄▄▄·▄▄▄▄▄
              -3.1 s to +6.9 s, 182 ms each

                      requests     failed        p50        p95        p99
    before the kill         31          0     5.0 ms     5.0 ms     5.0 ms
    orders-2 away           12          0     5.0 ms     5.0 ms     5.0 ms
    orders-2 back           57          0     5.0 ms     5.0 ms     5.0 ms

      0.00 s  orders-2 killed, or up to 0.20 s later
      0.20 s  the registry saw it down
      0.60 s  the docker engine had started it again
      1.10 s  the registry saw it up
      1.21 s  it answered again

    again: msa chaos kill orders --seed 7"
  `);
});

test('a run that did not, with what failed and when', () => {
  expect(renderKillReport(badReport(), noColors)).toMatchInlineSnapshot(`
    "refuted  orders-2 was killed under load: 4 requests of 104 failed, and orders-2 was not back within 30 s

                                ↓ killed
    orders-1  ▄·▄▄▄▄▄▄▄▄▄▄·▄▄▄▄▄▄████▄▄▄▄▄▄▄▄▄▄▄·▄▄▄▄▄▄▄▄▄▄·▄▄▄▄▄▄▄▄▄·
    orders-2  ·▄▄▄▄▄·▄▄▄▄▄▄▄▄▄▄·▄·····▄▄▄▄·▄▄▄▄▄▄▄▄▄▄·▄▄▄▄▄▄▄▄▄▄·▄▄▄▄▄
    failed    ··················××··×·································
              -3.1 s to +6.9 s, 182 ms each

                      requests     failed        p50        p95        p99
    before the kill         31          0     5.0 ms     5.0 ms     5.0 ms
    orders-2 away           73          4     5.0 ms     5.0 ms     5.0 ms

      0.00 s  orders-2 killed, or up to 0.20 s later
      0.20 s  the registry saw it down
      0.60 s  the docker engine had started it again
      1.21 s  it answered again
           -  not seen: the registry saw it up

    3x  /orders: status 502 by the gateway: connection-failed  0.05 s to 0.80 s, such as request abc-1
    1x  /orders: connection reset  0.30 s

    note: orders-2 was the only instance of orders: nobody could answer in its place

    again: msa chaos kill orders --seed 7"
  `);
});

test('says once that the registry missed it', () => {
  const missed = createReport(goodJournal({ changes: [] }), setting);
  const text = renderKillReport(missed, noColors);
  expect(text).toContain('note: it was back before the registry missed it');
  expect(text).not.toContain('not seen');
});

test('does not wait for an answer that could not be seen', () => {
  const through = createReport(goodJournal({ isDirect: false, requests: [answer(100, 'web-1')] }), setting);
  expect(renderKillReport(through, noColors)).not.toContain('answered again');
});

test('fits 80 columns, but for the command to type', () => {
  for (const report of [good, badReport()]) {
    const lines = renderKillReport(report, noColors).split('\n');
    const table = lines.filter((line) => /^(?:orders-\d|failed|before| )/.test(line));
    for (const line of table) expect(line.length).toBeLessThanOrEqual(80);
  }
});

test('says how many kinds of failure it does not list', () => {
  const failed = Array.from({ length: 11 }, (_, kind) => answer(3200, 'x', { failure: `status ${500 + kind}` }));
  const text = renderKillReport(createReport(goodJournal({ requests: failed }), setting), noColors);
  expect(text).toContain('1x  /orders: status 507');
  expect(text).not.toContain('status 508');
  expect(text).toContain('and 3 more kinds of failure');
});

test('has colours that change nothing else', async () => {
  const colors = await createColors(true);
  for (const report of [good, badReport()]) {
    const painted = renderKillReport(report, colors);
    // oxlint-disable-next-line no-control-regex -- a colour begins with one
    expect(painted.replaceAll(/\u001B\[\d+m/g, '')).toBe(renderKillReport(report, noColors));
    expect(plainText(painted, { colored: true })).toBe(painted);
  }
});
