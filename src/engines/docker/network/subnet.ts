import type { Role } from '../../../plan/desired.ts';

/** A range of IPv4 addresses. */
export interface Subnet {
  readonly first: number;
  readonly size: number;
}

/** Some five hundred instances; and 16,384 such ranges in 10.0.0.0/8 for workspaces to choose from. */
const prefixLength = 22;
const subnetSize = 2 ** (32 - prefixLength);
const candidateCount = 2 ** (prefixLength - 8);
const tenDot = 10 * 2 ** 24;

/** `10.12.16.0/22`; undefined for what is no range of IPv4. */
export function parseSubnet(text: string): Subnet | undefined {
  const [address = '', prefix = '32'] = text.split('/');
  const first = parseAddress(address);
  const length = Number(prefix);
  if (first === undefined || !Number.isInteger(length) || length < 0 || length > 32) return undefined;
  const size = 2 ** (32 - length);
  return { first: first - (first % size), size };
}

export function renderSubnet({ first, size }: Subnet): string {
  return `${renderAddress(first)}/${32 - Math.log2(size)}`;
}

function parseAddress(text: string): number | undefined {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function renderAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/**
 * The range a workspace gets: the first that overlaps none of those in use, beginning where its seed (a number that
 * follows from its identity) points, so that two workspaces hardly ever want the same. Undefined when all are in use.
 */
export function chooseSubnet(seed: number, inUse: readonly Subnet[]): Subnet | undefined {
  for (let step = 0; step < candidateCount; step++) {
    const candidate = { first: tenDot + ((seed + step) % candidateCount) * subnetSize, size: subnetSize };
    if (!inUse.some((other) => overlap(candidate, other))) return candidate;
  }
  return undefined;
}

function overlap(left: Subnet, right: Subnet): boolean {
  return left.first < right.first + right.size && right.first < left.first + left.size;
}

interface Range {
  readonly subnet: string;
  /** The bridge's own address. */
  readonly gateway: string;
  /** For containers that somebody else puts into the network: the upper half, so that they never take one of ours. */
  readonly others: string;
}

/** A subnet as Docker is told of it. */
export function describeRange(subnet: Subnet): Range {
  const { first, size } = subnet;
  const half = size / 2;
  const others = renderSubnet({ first: first + half, size: half });
  return { subnet: renderSubnet(subnet), gateway: renderAddress(first + 1), others };
}

/** The first is the network itself, the second its bridge. */
const fixedOffsets: Readonly<Record<Exclude<Role, 'service'>, number>> = {
  gateway: 2,
  registry: 3,
  redis: 4,
  postgres: 5,
};
const firstServiceOffset = 16;

/** Where the one instance of a platform unit is: environments name it before it runs. */
export function platformAddress({ first }: Subnet, role: Exclude<Role, 'service'>): string {
  return renderAddress(first + fixedOffsets[role]);
}

/** The lowest address for a service's instance that nobody has; undefined when all are taken. */
export function freeAddress({ first, size }: Subnet, taken: ReadonlySet<string>): string | undefined {
  for (let offset = firstServiceOffset; offset < size / 2; offset++) {
    const address = renderAddress(first + offset);
    if (!taken.has(address)) return address;
  }
  return undefined;
}
