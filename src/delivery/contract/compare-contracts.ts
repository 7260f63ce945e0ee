import { compareWebhooks } from './callbacks.ts';
import type { ContractChange } from './change.ts';
import { startComparison } from './comparison.ts';
import type { ContractDocument } from './document.ts';
import { comparePaths } from './paths.ts';

/** Everything that differs between two documents for callers, each difference once. */
export function compareContracts(from: ContractDocument, to: ContractDocument): readonly ContractChange[] {
  const comparison = startComparison(from, to);
  comparePaths(comparison);
  compareWebhooks(comparison);
  const seen = new Set<string>();
  return comparison.changes.filter(({ rule, message, operation }) => {
    const key = `${rule} ${operation?.method ?? ''} ${operation?.path ?? ''} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
