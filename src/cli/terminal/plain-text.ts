/** The colours msa itself uses; any other sequence may hide or rewrite what is on the screen. */
// oxlint-disable-next-line no-control-regex -- a colour begins with one
const ownColors = /^\u001B\[(?:1|2|22|3[1-69])m/;

/** Everything that a terminal acts on instead of showing, and what reorders text that is read from left to right. */
// oxlint-disable-next-line no-control-regex -- these are the characters to find
const dangerous = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/**
 * Text as a terminal may have it: line ends, tabs and msa's own colours stay (colours only if `colored`), every other
 * control character becomes visible as `\x1b`. Names and file contents come from outside, so everything passes here.
 */
export function plainText(text: string, { colored }: { readonly colored: boolean }): string {
  return text.replaceAll('\r\n', '\n').replaceAll(dangerous, (character, offset: number, whole: string) => {
    if (colored && ownColors.test(whole.slice(offset, offset + 5))) return character;
    const code = character.charCodeAt(0);
    return code > 0xff ? `\\u${code.toString(16)}` : `\\x${code.toString(16).padStart(2, '0')}`;
  });
}

/** JSON that is safe on a terminal too: JSON itself lets some control characters through. */
export function plainJson(value: unknown): string {
  return escapeDangerous(JSON.stringify(value, null, 2));
}

/** The same on one line. */
export function plainJsonLine(value: unknown): string {
  return escapeDangerous(JSON.stringify(value));
}

function escapeDangerous(json: string): string {
  return json.replaceAll(
    /[\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
