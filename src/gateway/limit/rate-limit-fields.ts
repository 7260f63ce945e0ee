import type { LimitEntry } from './limit-entry.ts';
import type { LimitRule } from './limit-rule.ts';

/** One limit, and who is counted. */
export interface Counted {
  readonly rule: LimitRule;
  readonly entry: LimitEntry;
}

/** The value of RateLimit-Policy: what holds here. Both are lists of structured fields (draft-ietf-httpapi-ratelimit-headers). */
export function policyField(rules: readonly LimitRule[]): string {
  return rules.map(({ name, limit, windowUs }) => `"${name}";q=${limit};w=${Math.ceil(windowUs / 1e6)}`).join(', ');
}

/** The value of RateLimit: how many may still come, and in how many seconds all may again. */
export function stateField(counted: readonly Counted[], nowUs: number): string {
  let text = '';
  for (const { rule, entry } of counted) {
    const item = `"${rule.name}";r=${entry.remaining(nowUs)};t=${entry.resetSeconds(nowUs)}`;
    text = text === '' ? item : `${text}, ${item}`;
  }
  return text;
}
