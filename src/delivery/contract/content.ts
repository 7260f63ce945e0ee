import type { ContractChange, Operation } from './change.ts';
import { printable } from './change.ts';
import { compareSchemas, report, type Comparison, type Where } from './comparison.ts';
import { memberOf, membersOf } from './document.ts';

interface Contents {
  readonly where: Where;
  /** The mappings that have `content`. */
  readonly from: unknown;
  readonly to: unknown;
  readonly rule: ContractChange['rule'];
}

/** Media types that came and went, and the schemas of those that stayed. */
export function compareContent(comparison: Comparison, { where, from, to, rule }: Contents): void {
  const before = membersOf(memberOf(from, 'content'));
  const after = membersOf(memberOf(to, 'content'));
  const used = new Set<string>();
  for (const [type, media] of before) {
    const found = findMedia(after, type, where);
    if (found === undefined) {
      tell(comparison, where.operation, {
        rule,
        breaking: true,
        says: `no longer ${where.verb} ${printable(type)}`,
        document: 'from',
        owner: media,
      });
      continue;
    }
    used.add(found[0]);
    compareSchemas(comparison, where, { from: memberOf(media, 'schema'), to: memberOf(found[1], 'schema') });
  }
  // A body without any content is described by nothing, so nothing was promised.
  for (const [type, media] of after) {
    if (used.has(type) || findMedia(before, type, { direction: 'request' }) !== undefined) continue;
    tell(comparison, where.operation, {
      rule: 'added',
      breaking: false,
      says: `also ${where.verb} ${printable(type)}`,
      document: 'to',
      owner: media,
    });
  }
}

type Told = Pick<Parameters<typeof report>[1], 'rule' | 'breaking' | 'says' | 'document' | 'owner'>;

function tell(comparison: Comparison, operation: Operation, told: Told): void {
  report(comparison, { ...told, operation });
}

type Media = readonly [string, unknown];

/** The same media type, or one that stands for it: a wider one where we take it, a narrower one where we answer it. */
function findMedia(
  content: readonly Media[],
  type: string,
  { direction }: Pick<Where, 'direction'>,
): Media | undefined {
  const wanted = essenceOf(type);
  return (
    content.find(([other]) => normal(other) === normal(type)) ??
    content.find(([other]) => essenceOf(other) === wanted) ??
    content.find(([other]) => {
      const found = essenceOf(other);
      return direction === 'request' ? covers(found, wanted) : covers(wanted, found);
    })
  );
}

function normal(type: string): string {
  return type.toLowerCase().replaceAll(/\s+/g, '');
}

/** Without parameters such as `charset`. */
function essenceOf(type: string): string {
  return normal(type).replace(/;.*$/, '');
}

function covers(wide: string, narrow: string): boolean {
  if (wide === '*/*') return true;
  return wide.endsWith('/*') && narrow.startsWith(wide.slice(0, -1));
}
