import { RE2JS } from 're2js';

/** Longer texts fit no pattern. */
const maxTextLength = 8192;
const maxPatternLength = 1000;

export interface Pattern {
  test(text: string): boolean;
}

/**
 * The regular expressions of contracts, by an engine whose time grows with the text alone: JavaScript's own could be
 * kept busy for ever by a client that knows the pattern. It has no look-around and no back-references; undefined for
 * patterns with these.
 */
export function readPattern(pattern: string): Pattern | undefined {
  if (pattern.length > maxPatternLength) return undefined;
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
    return { test: (text) => text.length <= maxTextLength && compiled.test(text) };
  } catch {
    return undefined;
  }
}
