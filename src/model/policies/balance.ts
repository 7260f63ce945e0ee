import type { BalanceMethod, BalancePolicy } from '../../protocol/policies/balance.ts';
import { parseDurationMs, parseShare } from '../schema/quantities.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';

/** Which instance a request goes to; undefined when nothing is asked for. */
export function balancePolicy({ balance, slowStart, ejectAfter, panic }: WrittenPolicy): BalancePolicy | undefined {
  const policy: BalancePolicy = {
    ...(balance !== undefined && { method: methodOf(balance) }),
    ...(slowStart !== undefined && { slowStartMs: parseDurationMs(slowStart) }),
    ...(ejectAfter !== undefined && { ejectAfter }),
    ...(panic !== undefined && { panic: parseShare(panic) }),
  };
  return Object.keys(policy).length === 0 ? undefined : policy;
}

function methodOf(balance: NonNullable<WrittenPolicy['balance']>): BalanceMethod {
  if (typeof balance === 'string') return { kind: balance };
  const { hash } = balance;
  if (hash === 'address') return { kind: 'hash', from: 'address' };
  // checkResilience has made sure that there is one of the two.
  const { header, cookie = '' } = hash;
  if (header === undefined) return { kind: 'hash', from: 'cookie', name: cookie };
  return { kind: 'hash', from: 'header', name: header.toLowerCase() };
}
