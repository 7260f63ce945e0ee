import { parseInteger } from '../numbers/integers.ts';
import { ScannableMap } from './scannable-map.ts';

/** Members without order. */
export class MemberSet {
  readonly type = 'set';
  readonly members = new ScannableMap<true>();
  hasOnlyIntegers = true;
  hasLongText = false;

  get size(): number {
    return this.members.size;
  }

  /** Whether the member is new. */
  add(member: string): boolean {
    if (!this.members.set(member, true)) return false;
    this.hasOnlyIntegers &&= parseInteger(member) !== undefined;
    this.hasLongText ||= member.length > 64;
    return true;
  }
}
