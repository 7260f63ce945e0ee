import type { BreakingRule } from './rules.ts';

/** One difference between two documents, as a caller notices it. */
export interface ContractChange extends Deprecation {
  /** Of `rules` where it breaks callers; else a word for what was added or eased. */
  readonly rule: BreakingRule | CompatibleRule;
  readonly breaking: boolean;
  /** One sentence without the service: `GET /orders/{id} no longer answers 200 with "total"`. */
  readonly message: string;
  /** Where it stands, in the document of that end of the range. */
  readonly pointer: string;
  readonly document: 'from' | 'to';
  readonly operation: Operation | undefined;
}

/** Whether what is gone had been announced as deprecated, and for when. */
export interface Deprecation {
  readonly deprecated: boolean;
  readonly sunset: string | undefined;
}

export interface Operation {
  /** In capitals; undefined for a path as a whole. */
  readonly method: string | undefined;
  readonly path: string;
}

type CompatibleRule = 'added' | 'removed' | 'eased' | 'tightened' | 'changed';

/** How an operation is called in messages. */
export function nameOf({ method, path }: Operation): string {
  return printable(method === undefined ? path : `${method} ${path}`);
}

/** Text of a document as it may stand in a message: one line, without controls, not too long. */
export function printable(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

export function quotedName(text: string): string {
  return `"${printable(text)}"`;
}
