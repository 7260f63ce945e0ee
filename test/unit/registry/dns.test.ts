import type { NetworkInterfaceInfo } from 'node:os';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { InstanceRecord } from '../../../src/protocol/instances.ts';
import { parseDnsEntries } from '../../../src/registry/dns/dns-entry.ts';
import { DnsSource } from '../../../src/registry/dns/dns-source.ts';
import { isNear } from '../../../src/registry/dns/near-networks.ts';

describe('DNS_SOURCE', () => {
  test('names services with their ports, and hosts where they are called otherwise', () => {
    expect(parseDnsEntries('users:3000, user-profile=profile.shop_default:80')).toEqual([
      { service: 'users', host: 'users', port: 3000 },
      { service: 'user-profile', host: 'profile.shop_default', port: 80 },
    ]);
  });

  test.each([
    'users',
    'users:',
    'users:0',
    'users:65536',
    ':3000',
    '=users:1',
    'users:3000,',
    'a:1,a:2',
    'Users=u:1',
    'a b:1',
  ])('cannot be "%s"', (text) => {
    expect(parseDnsEntries(text)).toBeUndefined();
  });
});

test('an address is near when it is in a network of this machine, loopback left out', () => {
  const own = [
    network('127.0.0.1', '255.0.0.0', true),
    network('172.18.0.2', '255.255.0.0'),
    network('192.168.1.5', '255.255.255.128'),
  ];
  const near = ['172.18.0.3', '172.18.255.254', '192.168.1.127'];
  const far = ['127.0.0.1', '172.19.0.3', '192.168.1.128', '8.8.8.8', '203.0.113.7', '::1', 'users'];
  expect([...near, ...far].filter((address) => isNear(address, own))).toEqual(near);
});

describe('a source by names', () => {
  const answers = new Map<string, readonly string[] | undefined>();
  const names = new Map<string, readonly string[]>();
  const published: (readonly InstanceRecord[])[] = [];
  let source: DnsSource | undefined;

  beforeEach(() => {
    vi.useFakeTimers();
    answers.clear();
    names.clear();
    published.length = 0;
  });
  afterEach(() => {
    source?.close();
    vi.useRealTimers();
  });

  async function start(text: string, known: readonly InstanceRecord[] = []): Promise<void> {
    source = new DnsSource(parseDnsEntries(text) ?? [], {
      resolver: {
        addresses: async (host) => answers.get(host),
        names: async (address) => names.get(address) ?? [],
        close: () => undefined,
      },
      isNear: (address) => address.startsWith('10.'),
      known,
      publish: (records) => void published.push(records),
    });
    await source.firstRound;
  }

  test('finds the addresses of a name, and calls them by their own names where those have numbers', async () => {
    answers.set('users', ['10.0.0.4', '10.0.0.3']);
    answers.set('orders', ['10.0.0.5']);
    names.set('10.0.0.3', ['shop-users-2.shop_default']);
    names.set('10.0.0.4', ['somebody.else']);
    names.set('10.0.0.5', ['shop_orders_1.shop_default']);
    await start('users:3000,orders:8080');
    expect(published.at(-1)).toEqual([
      { id: 'users-10-0-0-4', service: 'users', address: '10.0.0.4', port: 3000, draining: false },
      { id: 'users-2', service: 'users', address: '10.0.0.3', port: 3000, draining: false },
      { id: 'orders-1', service: 'orders', address: '10.0.0.5', port: 8080, draining: false },
    ]);
  });

  test('two addresses never have one id', async () => {
    answers.set('users', ['10.0.0.3', '10.0.0.4']);
    names.set('10.0.0.3', ['shop-users-1.net']);
    names.set('10.0.0.4', ['shop-users-1.net']);
    await start('users:3000');
    expect(idsOf(published.at(-1))).toEqual(['users-1 10.0.0.3', 'users-10-0-0-4 10.0.0.4']);
  });

  test('tells changes only, and follows them', async () => {
    answers.set('users', ['10.0.0.3']);
    await start('users:3000');
    await poll();
    expect(published).toHaveLength(1);
    answers.set('users', ['10.0.0.4', '10.0.0.3']);
    await poll();
    expect(idsOf(published.at(-1))).toEqual(['users-10-0-0-3 10.0.0.3', 'users-10-0-0-4 10.0.0.4']);
    answers.set('users', []);
    await poll();
    expect(published.at(-1)).toEqual([]);
    expect(published).toHaveLength(3);
  });

  test('believes no address outside its own networks: a name server further up means somebody else', async () => {
    answers.set('users', ['203.0.113.7', '10.0.0.3', '127.0.0.1']);
    await start('users:3000');
    expect(idsOf(published.at(-1))).toEqual(['users-10-0-0-3 10.0.0.3']);
  });

  test('bears one silence of the name servers and takes the second for an answer', async () => {
    answers.set('users', ['10.0.0.3']);
    await start('users:3000');
    answers.set('users', undefined);
    await poll();
    expect(published).toHaveLength(1);
    await poll();
    expect(published.at(-1)).toEqual([]);
  });

  test('goes on from what was known, without a moment in which nobody is there', async () => {
    const known = { id: 'users-1', service: 'users', address: '10.0.0.3', port: 3000, draining: false };
    answers.set('users', ['10.0.0.3']);
    answers.set('orders', ['10.0.0.5']);
    await start('users:3000,orders:80', [known]);
    expect(published.map(idsOf)).toEqual([['users-1 10.0.0.3', 'orders-10-0-0-5 10.0.0.5']]);
  });

  test('asks no more when it is closed', async () => {
    answers.set('users', ['10.0.0.3']);
    await start('users:3000');
    source?.close();
    answers.set('users', []);
    await poll();
    expect(published).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

const poll = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1000);

function idsOf(records: readonly InstanceRecord[] | undefined): readonly string[] | undefined {
  return records?.map(({ id, address }) => `${id} ${address}`);
}

function network(address: string, netmask: string, internal = false): NetworkInterfaceInfo {
  return { address, netmask, family: 'IPv4', internal, mac: '', cidr: null };
}
