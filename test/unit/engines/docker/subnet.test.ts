import { describe, expect, test } from 'vitest';

import {
  chooseSubnet,
  describeRange,
  freeAddress,
  parseSubnet,
  platformAddress,
  renderSubnet,
} from '../../../../src/engines/docker/network/subnet.ts';

const subnetOf = (text: string) => parseSubnet(text) ?? { first: 0, size: 1 };

describe('a range of addresses', () => {
  test.each(['10.12.16.0/22', '192.168.1.0/24', '0.0.0.0/0', '255.255.255.255/32'])(
    '%s is read as it is written',
    (text) => {
      expect(renderSubnet(subnetOf(text))).toBe(text);
    },
  );

  test('is meant by any address in it', () => {
    expect(renderSubnet(subnetOf('10.12.17.5/22'))).toBe('10.12.16.0/22');
  });

  test.each(['', 'fd00::/8', '10.0.0/8', '10.0.0.256/8', '10.0.0.0/33', '10.0.0.0/x'])('%j is none', (text) => {
    expect(parseSubnet(text)).toBeUndefined();
  });
});

function chosen(seed: number, ...inUse: readonly string[]): string | undefined {
  const subnet = chooseSubnet(seed, inUse.map(subnetOf));
  return subnet === undefined ? undefined : renderSubnet(subnet);
}

describe('the range of a workspace', () => {
  test('follows from its seed', () => {
    expect(chosen(0)).toBe('10.0.0.0/22');
    expect(chosen(5)).toBe('10.0.20.0/22');
    expect(chosen(2 ** 14 + 5)).toBe('10.0.20.0/22');
  });

  test('is the next one that nobody uses', () => {
    expect(chosen(5, '10.0.21.7/32')).toBe('10.0.24.0/22');
    expect(chosen(5, '10.0.16.0/20')).toBe('10.0.32.0/22');
    expect(chosen(5, '10.0.16.0/22', '172.17.0.0/16')).toBe('10.0.20.0/22');
  });

  test('begins again at the lowest after the highest', () => {
    expect(chosen(2 ** 14 - 1, '10.255.252.0/22')).toBe('10.0.0.0/22');
  });

  test('is none when all are in use', () => {
    expect(chosen(5, '10.0.0.0/8')).toBeUndefined();
  });
});

describe('addresses in a range', () => {
  const subnet = subnetOf('10.0.20.0/22');

  test('of the platform stay the same', () => {
    const roles = ['gateway', 'registry', 'redis', 'postgres'] as const;
    expect(roles.map((role) => platformAddress(subnet, role))).toEqual([
      '10.0.20.2',
      '10.0.20.3',
      '10.0.20.4',
      '10.0.20.5',
    ]);
  });

  test('of services are the lowest that are free', () => {
    expect(freeAddress(subnet, new Set())).toBe('10.0.20.16');
    expect(freeAddress(subnet, new Set(['10.0.20.16', '10.0.20.18']))).toBe('10.0.20.17');
  });

  test('leave the upper half to containers of somebody else', () => {
    expect(describeRange(subnet)).toEqual({ subnet: '10.0.20.0/22', gateway: '10.0.20.1', others: '10.0.22.0/23' });
    const small = subnetOf('10.0.0.0/27');
    const taken = Array.from({ length: 15 }, (_, at) => `10.0.0.${16 + at}`);
    expect(freeAddress(small, new Set())).toBeUndefined();
    expect(freeAddress(subnetOf('10.0.0.0/26'), new Set(taken))).toBe('10.0.0.31');
    expect(freeAddress(subnetOf('10.0.0.0/26'), new Set([...taken, '10.0.0.31']))).toBeUndefined();
  });
});
