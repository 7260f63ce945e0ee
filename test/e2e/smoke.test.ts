import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { hasDocker } from '../support/docker.ts';
import { elementsOf, junitProblems, readXml } from '../support/read-xml.ts';
import { tinyWorkspace, type TinyWorkspace } from '../support/tiny-workspace.ts';

interface Report {
  readonly passed: boolean;
  readonly engine: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly checks: readonly { readonly name: string; readonly outcome: string; readonly reason: string }[];
}

/** Each check by its name, with what became of it; of an instance only the service stands in it. */
function outcomesOf({ checks }: Report): Readonly<Record<string, string>> {
  return Object.fromEntries(
    checks.map(({ name, outcome, reason }) => [name, `${outcome}: ${reason.replaceAll(/\b(\w+)-\d+\b/g, '$1')}`]),
  );
}

async function smoke(workspace: TinyWorkspace, ...argv: readonly string[]) {
  const ended = await workspace.run('smoke', ...argv, '--json');
  const report: Report = JSON.parse(ended.stdout);
  return { ...ended, report };
}

const routes = `
      - { path: /orders }
      - { path: /empty }
      - { path: /inside }
      - { path: /chat }
      - { path: /events }
      - { path: /endless, timeout: 30s }
      - { path: /guarded, auth: required, rewrite: { prefix: /orders } }
      - { exact: /limited, rateLimit: { limit: 1, per: 1h, by: route }, rewrite: { path: /empty } }
      - { path: /write, methods: [POST] }
      - { path: /tenants, headers: { x-tenant: acme }, query: { a: b c } }
      - { path: /tenants, host: '*.example.com', headers: { x-tenant: acme } }`;

const broken = `
      - { path: /broken }
      - { path: /breaks-off }
      - { path: /fallback, fallback: { status: 200, body: {} }, rewrite: { path: /breaks-off } }`;

function declared(more: string, env = '{}'): string {
  return `name: smoky
gateway:
  port: auto
  auth: { keysFile: keys.yaml }
  routes:
    - { path: /old, redirect: { prefix: /orders, status: 308 } }
    - { exact: /robots.txt, respond: { body: "User-agent: *" } }
    - path: /both
      aggregate: { calls: { a: { service: orders, path: /parts }, b: { service: other, path: '/orders/{path.1}', optional: true } } }
    - path: /one
      aggregate: { calls: { a: { service: other, path: '/orders/{path.1}' } } }
services:
  orders:
    path: orders
    command: node server.cjs
    env: ${env}
    routes: ${routes}${more}
  other: { path: other, command: node server.cjs, calls: [orders] }
  resting: { path: resting, command: node server.cjs, replicas: 0, routes: [{ path: /resting }] }
`;
}

async function smokyWorkspace(text: string) {
  const workspace = await tinyWorkspace({ orders: {}, other: {}, resting: {} }, { name: 'smoky' });
  for (const name of ['orders', 'other']) {
    await copyFile(join(import.meta.dirname, '../fixtures/smoke-service.cjs'), workspace.path(name, 'server.cjs'));
  }
  await workspace.write('msa.yaml', text);
  return workspace;
}

const healthy = {
  'orders is healthy': 'passed: 1 instance is up',
  'other is healthy': 'passed: 1 instance is up',
  'resting is healthy': 'untried: no instance is meant to run',
  'GET /': 'passed: 200 by the gateway',
  'GET /, link service-desc': 'passed: 200 by the gateway',
  'GET /orders': 'passed: 200 by orders',
  'GET /orders, link next': 'passed: 200 by orders',
  'GET /orders, link item': 'passed: 200 by orders',
  'GET /empty': 'passed: 404 by orders',
  'GET /inside': 'guarded: 401 by orders',
  'GET /chat': 'untried: 426 by orders: it speaks another protocol, such as WebSocket',
  'GET /events': 'passed: 200 by orders',
  'GET /guarded': 'guarded: 401 by the gateway: it asks for a token or a key',
  'GET =/limited': 'passed: 404 by orders',
  'GET /write': 'untried: it takes only POST',
  'GET /tenants [x-tenant] ?a': 'passed: 200 by orders',
  'GET *.example.com/tenants [x-tenant]': 'passed: 200 by orders',
  'GET /resting': 'untried: no instance of resting is meant to run',
  'GET /old': 'passed: 308 by the gateway',
  'GET =/robots.txt': 'passed: 200 by the gateway',
  'GET /both': 'passed: 200 by the gateway',
  'GET /one': 'untried: it asks for more of a path',
};
const endless = { 'GET /endless': 'failed: the answer was not complete within 2000 ms' };

describe.each((['process', 'docker'] as const).filter((engine) => engine === 'process' || hasDocker))(
  'a smoke test in the %s engine',
  (engine) => {
    test('tells of every public address what came of it', async () => {
      await using workspace = await smokyWorkspace(declared('').replace(/.*endless.*\n/, ''));
      const { key } = JSON.parse((await workspace.done('keys', 'add', 'ci', '--json')).stdout) as { key: string };
      const before = await workspace.run('smoke');
      expect(before).toMatchObject({ code: 3, stderr: expect.stringContaining('MSA_NOT_RUNNING') });
      await workspace.done('up', '--engine', engine);

      const whole = await smoke(workspace, '--junit', 'reports/smoke.xml');
      expect(outcomesOf(whole.report)).toEqual(healthy);
      expect(whole.report).toMatchObject({ passed: true, engine, counts: { failed: 0, guarded: 2, untried: 5 } });
      expect(whole.code).toBe(0);
      const junit = await readFile(workspace.path('reports/smoke.xml'), 'utf8');
      expect(junitProblems(junit)).toBe('');
      const cases = elementsOf(readXml(junit), 'testcase').map(({ attributes }) => attributes['name']);
      expect(cases).toEqual(whole.report.checks.map(({ name }) => name));

      const known = await smoke(workspace, 'orders', '-H', `x-api-key: ${key}`);
      const outcomes = outcomesOf(known.report);
      expect(outcomes).toMatchObject({
        'orders is healthy': 'passed: 1 instance is up',
        'GET /guarded': 'passed: 200 by orders',
        'GET =/limited': 'guarded: 429 by the gateway: its limit is used up',
        'GET /both': 'passed: 200 by the gateway',
      });
      for (const name of ['other is healthy', 'GET /one', 'GET /old', 'GET /resting'])
        expect(outcomes).not.toHaveProperty([name]);

      const text = await workspace.done('smoke', 'other');
      expect(text.stdout).toMatch(/^RESULT +WHAT +SEEN\npassed +other is healthy +1 instance is up\n/);
      expect(text.stdout).toContain('4 passed, 1 not tried\n');
      const unknown = await workspace.run('smoke', 'ordres');
      expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean orders?') });
    });

    test('fails for what is broken, and says where to look', async () => {
      await using workspace = await smokyWorkspace(declared(broken, '{ DEAD_LINK: "1" }'));
      await workspace.done('up', '--engine', engine);
      const { code, stderr, report } = await smoke(workspace, '--timeout', '2s', '--junit', 'smoke.xml');
      expect(code, stderr).toBe(1);
      const { 'GET =/limited': _limited, ...rest } = healthy;
      const failures = {
        ...endless,
        'GET /orders, link help': 'failed: 404 by orders: the link leads nowhere',
        'GET /broken': 'failed: 500 by orders',
        'GET /breaks-off': 'failed: 502 by the gateway: bad-gateway',
        'GET /fallback': 'failed: 200 by the gateway: not its own answer, but a fallback (answer)',
      };
      expect(outcomesOf(report)).toMatchObject({ ...rest, ...failures });
      expect(report.counts['failed']).toBe(Object.keys(failures).length);
      expect(JSON.parse(JSON.stringify(report))).toMatchObject({
        error: { code: 'MSA_SMOKE_FAILED', hint: 'msa logs orders' },
      });
      const junit = readXml(await readFile(workspace.path('smoke.xml'), 'utf8'));
      expect(elementsOf(junit, 'failure')).toHaveLength(Object.keys(failures).length);
    });

    test('fails for a service that is not well, whatever its addresses say', async () => {
      await using workspace = await smokyWorkspace(declared('', '{ SICK: "1" }').replace(/.*endless.*\n/, ''));
      await workspace.run('up', '--engine', engine, '--timeout', '5s');
      const { code, report } = await smoke(workspace, '--timeout', '3s');
      expect(code).toBe(1);
      const outcomes = outcomesOf(report);
      expect(outcomes['orders is healthy']).toMatch(/^failed: orders is (?:starting|down): \S/);
      expect(outcomes).toMatchObject({
        'other is healthy': 'passed: 1 instance is up',
        'GET /orders': 'failed: 503 by the gateway: unavailable',
      });
    });
  },
);
