/** Commands run without a shell, so that a signal reaches the program itself and no value is ever interpreted. */
export const shellSyntax = /[|&;<>`$()\n]/;

/** The words of a command line; quotes hold words with spaces together. Undefined where a shell would be needed. */
export function splitCommand(commandLine: string): readonly string[] | undefined {
  const words: string[] = [];
  let rest = commandLine.trim();
  while (rest !== '') {
    const [length, word] = nextWord(rest);
    if (word === undefined) return undefined;
    words.push(word);
    rest = rest.slice(length).trimStart();
  }
  return words.length === 0 ? undefined : words;
}

/** One word: pieces in quotes or without, directly behind each other. */
function nextWord(text: string): [number, string | undefined] {
  let word = '';
  let length = 0;
  for (const [piece, double, single, plain] of text.matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+)/gy)) {
    if (plain !== undefined && shellSyntax.test(plain)) return [length, undefined];
    word += double ?? single ?? plain ?? '';
    length += piece.length;
  }
  return [length, length === 0 ? undefined : word];
}
