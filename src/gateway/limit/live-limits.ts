import type { GatewayLimits } from '../../protocol/policies/gateway-limits.ts';
import type { Limits } from '../limits.ts';

type Changeable = { -readonly [Key in keyof Limits]: Limits[Key] };

/** Every limit that a workspace may set, with the least and the most it may be. */
const bounds: Readonly<Record<keyof GatewayLimits, readonly [least: number, most: number]>> = {
  maxBodyBytes: [0, 2 ** 40],
  maxHeaderBytes: [1024, 2 ** 20],
  maxTargetBytes: [16, 2 ** 20],
  maxHeaderFields: [8, 2000],
  maxClientConnections: [1, 1_000_000],
  maxConnectionsPerAddress: [1, 1_000_000],
};

/** The limits that hold at this moment: one object, which everybody who asks has, and which a new state changes. */
export class LiveLimits {
  readonly current: Limits;
  private readonly usual: Limits;
  private readonly changeable: Changeable;

  constructor(usual: Limits) {
    this.usual = usual;
    this.changeable = { ...usual };
    this.current = this.changeable;
  }

  /** Takes what a workspace says; gives the names of what made no sense and was left as usual. */
  apply(said: GatewayLimits | undefined): readonly string[] {
    Object.assign(this.changeable, this.usual);
    const wrong: string[] = [];
    for (const [name, value] of Object.entries(said ?? {})) {
      if (!isLimit(name) || !isWithin(value, bounds[name])) wrong.push(name);
      else this.changeable[name] = value;
    }
    return wrong;
  }
}

function isLimit(name: string): name is keyof GatewayLimits {
  return Object.hasOwn(bounds, name);
}

function isWithin(value: unknown, [least, most]: readonly [number, number]): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;
}
