import { describe, expect, test } from 'vitest';

import { Consumers } from '../../../src/gateway/observe/consumers.ts';
import { family, mergeMetrics, renderMetrics } from '../../../src/gateway/observe/metrics.ts';
import { summarize } from '../../../src/gateway/observe/summarize.ts';

describe('metrics of several processes', () => {
  const one = [
    ...family('requests', 'counter', [[{ route: '/a' }, 3]]),
    ...family('revision', 'lowest', [[{}, 7]]),
    ...family('busy', 'highest', [[{}, 0.2]]),
  ];
  const other = [
    ...family('requests', 'counter', [
      [{ route: '/a' }, 4],
      [{ route: '/b' }, 1],
    ]),
    ...family('revision', 'lowest', [[{}, 6]]),
    ...family('busy', 'highest', [[{}, 0.9]]),
  ];

  test('are added, but for those of which the highest or the lowest counts', () => {
    expect(renderMetrics(mergeMetrics([one, other])).split('\n')).toEqual([
      '# TYPE requests counter',
      'requests{route="/a"} 7',
      'requests{route="/b"} 1',
      '# TYPE revision gauge',
      'revision 6',
      '# TYPE busy gauge',
      'busy 0.9',
      '',
    ]);
  });

  test('of one process stay what they are', () => {
    expect(renderMetrics(mergeMetrics([one]))).toBe(renderMetrics(one));
  });
});

test('labels cannot break out of their quotes', () => {
  const text = renderMetrics(family('x', 'counter', [[{ name: 'a"b\\c\nd' }, 1]]));
  expect(text).toBe('# TYPE x counter\nx{name="a\\"b\\\\c\\nd"} 1\n');
});

const identity = (consumer: string | undefined, subject = consumer ?? 'somebody') =>
  ({ kind: 'key', subject, consumer, issuer: undefined, roles: [], scopes: [] }) as const;

describe('consumers', () => {
  test('are counted by how they were answered', () => {
    const consumers = new Consumers();
    for (const status of [200, 201, 404, 503]) consumers.note(identity('app'), status);
    expect(consumers.counts.get('app')).toEqual({ requests: 4, refused: 1, failed: 1 });
  });

  test('that tokens do not name are counted together, and never as the person', () => {
    const consumers = new Consumers();
    for (const person of ['ann', 'bob']) consumers.note(identity(undefined, person), 200);
    expect(Object.fromEntries(consumers.counts)).toEqual({ unnamed: { requests: 2, refused: 0, failed: 0 } });
  });

  test('that come in any number take bounded memory', () => {
    const consumers = new Consumers();
    for (let index = 0; index < 10_000; index += 1) consumers.note(identity(`app-${index}`), 200);
    expect(consumers.counts.size).toBeLessThanOrEqual(201);
    const all = [...consumers.counts.values()].reduce((sum, { requests }) => sum + requests, 0);
    expect(all).toBe(10_000);
  });
});

test.each([
  [['closed', 'closed'], undefined],
  [['closed', 'half-open'], 'half-open'],
  [['half-open', 'open'], 'open'],
])('a circuit whose processes are %j is shown as %s', (processes, shown) => {
  const states = ['closed', 'open', 'half-open'];
  const families = processes.map((current) => [
    ...family('msa_gateway_requests_in_flight', 'gauge', [[{ route: '/a' }, 0]]),
    ...family(
      'msa_gateway_circuit_state',
      'highest',
      states.map((state) => [{ route: '/a', state }, Number(state === current)]),
    ),
  ]);
  expect(summarize(mergeMetrics(families), '2026-01-01T00:00:00.000Z').targets[0]?.circuit).toBe(shown);
});

test('what msa shows is taken out of the metrics', () => {
  const labels = { route: '/a' };
  const stats = summarize(
    [
      ...family('msa_gateway_target_info', 'highest', [[{ ...labels, service: 'web' }, 1]]),
      ...family('msa_gateway_requests_in_flight', 'gauge', [[labels, 2]]),
      ...family('msa_gateway_requests_total', 'counter', [[{ ...labels, status: '2xx' }, 5]]),
      ...family('msa_gateway_request_duration_seconds', 'histogram', [
        [{ ...labels, le: '1' }, 5, '_bucket'],
        [labels, 0.4, '_sum'],
        [labels, 5, '_count'],
      ]),
      ...family('msa_gateway_incidents_total', 'counter', [
        [{ ...labels, incident: 'retry' }, 1],
        [{ ...labels, incident: 'reset' }, 0],
      ]),
      ...family('msa_gateway_consumer_requests_total', 'counter', [
        [{ consumer: 'app', outcome: 'served' }, 3],
        [{ consumer: 'app', outcome: 'refused' }, 1],
      ]),
    ],
    '2026-01-01T00:00:00.000Z',
  );
  expect(stats).toMatchObject({
    targets: [
      {
        kind: 'route',
        name: '/a',
        service: 'web',
        inFlight: 2,
        answers: { '2xx': 5 },
        latencies: [5],
        incidents: { retry: 1 },
      },
    ],
    consumers: [{ consumer: 'app', requests: 4, refused: 1, failed: 0 }],
  });
});
