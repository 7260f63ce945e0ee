import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import type { Deps } from '../../../src/cli/deps.ts';
import type { GatewayStats } from '../../../src/protocol/stats.ts';
import {
  fakeControl,
  fakeEngine,
  fakeEngines,
  fakeLogs,
  listed,
  logLine,
  observed,
  stateOf,
} from '../../support/fake-engine.ts';
import { runMsaWith } from '../../support/run-msa.ts';
import { testWorkspace } from '../../support/workspace.ts';

const page = await readFile(join(import.meta.dirname, '../../../docs/json.md'), 'utf8');
const ofChanges = ['root', 'written', 'changes'];
const [, changing = ''] = /with `--dry-run` too: (.*?)\. What/s.exec(page) ?? [];
const rows = new Map(
  [...page.matchAll(/^\| (`[^|]*) \| [^|]* \| (.*) \|$/gm)].flatMap(([, names = '', keys = '']) =>
    namesIn(names).map((name) => [name, keys] as const),
  ),
);

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

/** What a row names outside of parentheses, with the question mark of what need not be there. */
function keysIn(row: string): readonly string[] {
  return namesIn(row.replaceAll(/\([^)]*\)/g, '')).map((name) => name.replace('[]', ''));
}

function keysOf(command: string): readonly string[] {
  return [...(namesIn(changing).includes(command) ? ofChanges : []), ...keysIn(rows.get(command) ?? '')];
}

const running = stateOf([listed('users-1'), listed('payments-1'), listed('orders-1')]);
let counted = 0;
const control = fakeControl([running], {
  gateways: async () => [{ id: 'gateway-1', epoch: 'e1', revision: 1 }],
  gatewayStats: async (): Promise<GatewayStats> => {
    counted += 1;
    const at = new Date(Date.UTC(2026, 0, 31, 12, 0, counted)).toISOString();
    return { at, targets: [], instances: [], consumers: [], utilization: 0, residentBytes: 0 };
  },
});
const engine = fakeEngine(
  [
    observed('gateway-1', { published: '127.0.0.1:8080' }),
    ...['registry-1', 'users-1', 'payments-1', 'orders-1'].map((id) => observed(id)),
  ],
  { control: async () => control, logs: fakeLogs([logLine('orders-1', 1, 'ready')]) },
);
const deps: Partial<Deps> = {
  engines: {
    ...fakeEngines(engine),
    list: async () => [{ engine: 'process', workspace: 'shop-0a1b2c', directory: '/shop', instances: 1 }],
  },
  probeSystem: async () => ({
    node: '24.0.0',
    npm: '11.0.0',
    git: undefined,
    docker: { kind: 'absent' },
    redis: undefined,
    postgres: undefined,
    ports: [],
    freeBytes: undefined,
  }),
};

test.each([
  ['validate'],
  ['ps'],
  ['ps --all', 'ps', '--all'],
  ['logs'],
  ['routes'],
  ['instances'],
  ['wait'],
  ['stats'],
  ['keys list'],
  ['keys add', 'keys', 'add', 'ann'],
  ['doctor'],
  ['completion', 'completion', 'bash'],
  ['affected', 'affected', '--all'],
  ['ci run --dry-run', 'ci', 'run', '--all', '--dry-run'],
  ['new workflow', 'new', 'workflow', 'github', '--dry-run'],
  ['new service', 'new', 'service', 'reviews', '--dry-run'],
  ['upgrade', 'upgrade', '--dry-run'],
  ['export compose', 'export', 'compose', '--dry-run'],
  ['export compose --output -', 'export', 'compose', '--output', '-'],
  ['--help` of any', 'up', '--help'],
  ['--version', '--version'],
])('docs/json.md says what msa %s prints', async (row, ...argv) => {
  await using workspace = await testWorkspace('--example', 'shop');
  const words = argv.length === 0 ? row.split(' ') : argv;
  const { stdout, exitCode } = await runMsaWith({ deps }, workspace.root, ...words, '--json');
  expect(exitCode, stdout).toBe(0);
  const printed: object = JSON.parse(stdout);
  const keys = keysOf(row.replace('` of any', ''));
  expect(keys.filter((key) => !key.endsWith('?')).filter((key) => !(key in printed))).toEqual([]);
  expect(Object.keys(printed).filter((key) => !keys.map((known) => known.replace('?', '')).includes(key))).toEqual([]);
});
