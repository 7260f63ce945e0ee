/** Replaces every match of a global pattern by what is made of it. */
export function replaceMatches(text: string, pattern: RegExp, replace: (match: RegExpExecArray) => string): string {
  let replaced = '';
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    replaced += text.slice(end, match.index) + replace(match);
    end = match.index + match[0].length;
  }
  return replaced + text.slice(end);
}
