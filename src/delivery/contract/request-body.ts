import { report, type Comparison } from './comparison.ts';
import { compareContent } from './content.ts';
import { memberOf, resolveMapping } from './document.ts';
import type { OperationPair } from './operation-pair.ts';
import type { Direction } from './schema/pair.ts';

/** The body of a request: whether there is one, must be one, of which media types and schemas. */
export function compareRequestBodies(comparison: Comparison, pair: OperationPair, direction: Direction): void {
  const from = resolveMapping(comparison.from, memberOf(pair.from.operation, 'requestBody'));
  const to = resolveMapping(comparison.to, memberOf(pair.to.operation, 'requestBody'));
  const { operation } = pair;
  const isTaken = direction === 'request';
  if (from === undefined && to === undefined) return;
  if (to === undefined) {
    report(comparison, {
      rule: 'request-body-removed',
      breaking: true,
      operation,
      document: 'from',
      owner: from,
      says: isTaken ? 'no longer takes a body' : 'no longer sends a body',
    });
    return;
  }
  const isRequired = memberOf(to, 'required') === true;
  const wasRequired = memberOf(from, 'required') === true;
  if (isTaken && isRequired !== wasRequired) {
    report(comparison, {
      rule: isRequired ? 'request-body-required' : 'eased',
      breaking: isRequired,
      operation,
      document: 'to',
      owner: to,
      says: isRequired ? 'requires a body now' : 'no longer requires a body',
    });
  } else if (from === undefined) {
    report(comparison, {
      rule: 'added',
      breaking: false,
      operation,
      document: 'to',
      owner: to,
      says: isTaken ? 'also takes a body' : 'also sends a body',
    });
  }
  if (from === undefined) return;
  const where = { operation, direction, verb: isTaken ? 'takes' : 'sends', thing: undefined };
  const rule = isTaken ? 'request-media-type-removed' : 'response-media-type-removed';
  compareContent(comparison, { where, from, to, rule });
}
