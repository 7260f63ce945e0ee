/** A line up to the cursor: the finished words after the program's name, and the one the cursor is at. */
export interface SplitLine {
  readonly words: readonly string[];
  readonly current: string;
}

// Single quotes, double quotes with escapes, an escape, white space, anything else; in this order.
const posixParts = /'([^']*)'?|"((?:\\.|[^"\\])*)"?|\\(.?)|(\s+)|([^\s'"\\]+)/gs;
const powershellParts = /'([^']*)'?|"((?:`.|[^"`])*)"?|`(.?)|(\s+)|([^\s'"`]+)/gs;

/**
 * Splits a command line as its shell does, quotes and escapes removed. A quote that is still open ends at the cursor.
 * PowerShell escapes with a backtick, the others with a backslash.
 */
export function splitLine(line: string, { powershell }: { readonly powershell: boolean }): SplitLine {
  const words: string[] = [];
  let word: string | undefined;
  for (const [, single, double, escaped, space, plain] of line.matchAll(powershell ? powershellParts : posixParts)) {
    if (space === undefined) {
      word =
        (word ?? '') +
        (single ?? double?.replaceAll(powershell ? /`(.)/gs : /\\(.)/gs, '$1') ?? escaped ?? plain ?? '');
    } else {
      if (word !== undefined) words.push(word);
      word = undefined;
    }
  }
  return { words: words.slice(1), current: word ?? '' };
}
