import { request } from 'undici';
import { expect, test } from 'vitest';

import { waitUntil } from '../../support/wait-until.ts';
import { closedPort, edge, instance, route, startGateway, startUpstream, stateOf } from './support.ts';
import { plainPolicy } from './cache/cache-support.ts';

interface Metric {
  readonly help: string;
  readonly kind: string;
  /** Value by name and labels, as they are written. */
  readonly samples: Map<string, number>;
}

const helpLine = /^# HELP ([a-z_]+) (\S.*)$/;
const typeLine = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/;
const sampleLine = /^([a-z_]+)((?:\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})?) (\S+)$/;

/** Reads Prometheus' text format as strictly as it is defined: help, type, then samples of that name alone, each once. */
function readMetrics(text: string): Map<string, Metric> {
  const metrics = new Map<string, Metric>();
  expect(text.endsWith('\n')).toBe(true);
  for (const block of text.slice(0, -1).split(/\n(?=# HELP )/)) {
    const [first = '', second = '', ...samples] = block.split('\n');
    const [, name = '', help = ''] = helpLine.exec(first) ?? [];
    const [, typed, kind = ''] = typeLine.exec(second) ?? [];
    expect([typed, metrics.has(name)]).toEqual([name, false]);
    const metric = { help, kind, samples: new Map<string, number>() };
    metrics.set(name, metric);
    for (const sample of samples) readSample(sample, name, metric);
  }
  return metrics;
}

function readSample(line: string, metric: string, { kind, samples }: Metric): void {
  const [, name = '', labels = '', value = ''] = sampleLine.exec(line) ?? [];
  expect(kind === 'histogram' ? name.replace(/_(?:bucket|sum|count)$/, '') : name).toBe(metric);
  expect([line, samples.has(name + labels), Number.isNaN(Number(value))]).toEqual([line, false, false]);
  samples.set(name + labels, Number(value));
}

test('metrics are what Prometheus reads, each with its help', async () => {
  await using upstream = await startUpstream((_incoming, response) => response.end('ok'));
  const redis = await closedPort();
  const filter = { name: 'stamp', code: 'exports.default = { post() {} }', hash: 'a', source: '' };
  const breaker = { window: { requests: 4 }, minimum: 4, failureRate: 0.5, openMs: 200, probes: 3 } as const;
  const policy = {
    cache: plainPolicy,
    breaker,
    concurrency: { limit: 5, queue: 1, waitMs: 10 },
    filters: [{ name: 'stamp', timeoutMs: 1000, onFailure: 'refuse', services: [] }],
  } as const;
  const port = await closedPort();
  await using gateway = await startGateway(
    stateOf({
      instances: [instance('a-1', upstream), instance('b-1', upstream)],
      routes: [route('/a', 'a', { policy }), route('/"quoted\\"', 'a')],
      edges: [edge('b>a', port.port)],
      gateway: { filters: [filter] },
    }),
    { redisUrl: `redis://127.0.0.1:${redis.port}` },
  );
  for (let times = 0; times < 3; times += 1) await (await request(`${gateway.url}/a`)).body.dump();
  let text = '';
  await waitUntil('all is counted', async () => {
    const { headers, body } = await request(`${gateway.adminUrl}/metrics`);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    text = await body.text();
    return text.includes('msa_gateway_requests_total{route="/a",status="2xx"} 3\n');
  });
  const metrics = readMetrics(text);
  expect([...metrics.values()].filter(({ help }) => help === '')).toEqual([]);
  expect(metrics.size).toBeGreaterThanOrEqual(26);
  for (const [name, { kind }] of metrics) expect([name, name.endsWith('_total')]).toEqual([name, kind === 'counter']);
  const { samples } = metrics.get('msa_gateway_request_duration_seconds') ?? { samples: new Map<string, number>() };
  const buckets = [...samples].filter(([key]) =>
    key.startsWith('msa_gateway_request_duration_seconds_bucket{route="/a"'),
  );
  const counts = buckets.map(([, count]) => count);
  expect(counts).toEqual(counts.toSorted((one, other) => one - other));
  expect(buckets.at(-1)).toEqual(['msa_gateway_request_duration_seconds_bucket{route="/a",le="+Inf"}', 3]);
  expect(samples.get('msa_gateway_request_duration_seconds_count{route="/a"}')).toBe(3);
  expect(samples.get('msa_gateway_request_duration_seconds_sum{route="/a"}')).toBeGreaterThan(0);
  expect([...samples.keys()]).toContain('msa_gateway_request_duration_seconds_count{route="/\\"quoted\\\\\\""}');
});
