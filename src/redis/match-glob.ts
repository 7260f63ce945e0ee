/** A pattern as KEYS, SCAN and PSUBSCRIBE take it, ready to be compared with many texts. */
export type GlobMatcher = (text: string) => boolean;

type Token =
  | { readonly kind: 'star' }
  | { readonly kind: 'any' }
  | { readonly kind: 'literal'; readonly char: string }
  | { readonly kind: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

/** Prepares a glob with `*`, `?`, `[a-z]`, `[^…]` and `\` escapes. Matching takes at most pattern times text. */
export function createGlobMatcher(pattern: string): GlobMatcher {
  if (pattern === '*') return () => true;
  const tokens = parseGlob(pattern);
  return (text) => matchTokens(tokens, text);
}

// Going back to the last star is enough: an earlier one that took more would only leave less to the last.
function matchTokens(tokens: readonly Token[], text: string): boolean {
  let token = 0;
  let position = 0;
  let star = -1;
  let starPosition = 0;
  while (position < text.length) {
    const current = tokens[token];
    if (current?.kind === 'star') {
      star = token++;
      starPosition = position;
    } else if (current !== undefined && matchesChar(current, text.charAt(position))) {
      token++;
      position++;
    } else if (star >= 0) {
      token = star + 1;
      position = ++starPosition;
    } else return false;
  }
  return tokens.slice(token).every(({ kind }) => kind === 'star');
}

function matchesChar(token: Token, char: string): boolean {
  if (token.kind === 'literal') return token.char === char;
  if (token.kind === 'class')
    return token.ranges.some(([first, last]) => char >= first && char <= last) !== token.negated;
  return true;
}

function parseGlob(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (index < pattern.length) {
    const char = pattern.charAt(index);
    if (char === '[') {
      const { token, next } = parseClass(pattern, index + 1);
      tokens.push(token);
      index = next;
      continue;
    }
    if (char === '\\' && index + 1 < pattern.length) index++;
    tokens.push(plainToken(char, pattern.charAt(index)));
    index++;
  }
  return tokens;
}

function plainToken(char: string, literal: string): Token {
  if (char === '*') return { kind: 'star' };
  return char === '?' ? { kind: 'any' } : { kind: 'literal', char: literal };
}

// A class that is never closed ends with the pattern, as in Redis.
function parseClass(pattern: string, start: number): { readonly token: Token; readonly next: number } {
  const ranges: [string, string][] = [];
  const negated = pattern[start] === '^';
  let index = negated ? start + 1 : start;
  while (index < pattern.length && pattern[index] !== ']') {
    if (pattern[index] === '\\' && index + 1 < pattern.length) {
      index++;
      ranges.push([pattern.charAt(index), pattern.charAt(index)]);
      index++;
    } else if (pattern[index + 1] === '-' && index + 2 < pattern.length) {
      const [first = '', last = ''] = [pattern.charAt(index), pattern.charAt(index + 2)].sort();
      ranges.push([first, last]);
      index += 3;
    } else {
      ranges.push([pattern.charAt(index), pattern.charAt(index)]);
      index++;
    }
  }
  return { token: { kind: 'class', negated, ranges }, next: index + 1 };
}
