const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\u0007' };
const isSpace = (char: string): boolean => ' \n\r\t\v\f\0'.includes(char);

interface Token {
  readonly text: string;
  readonly end: number;
}

/** Splits a command typed by hand, with quotes as a shell has them; undefined when a quote is not closed. */
export function splitInline(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let index = 0;
  for (;;) {
    while (index < line.length && isSpace(line.charAt(index))) index++;
    if (index >= line.length) return words;
    const word = readWord(line, index);
    if (word === undefined) return undefined;
    words.push(word.text);
    index = word.end;
  }
}

function readWord(line: string, start: number): Token | undefined {
  let text = '';
  let index = start;
  while (index < line.length && !isSpace(line.charAt(index))) {
    const char = line.charAt(index);
    if (char !== '"' && char !== "'") {
      text += char;
      index++;
      continue;
    }
    const quoted = readQuoted(line, index + 1, char);
    // A closing quote must end the word.
    if (quoted === undefined || (quoted.end < line.length && !isSpace(line.charAt(quoted.end)))) return undefined;
    text += quoted.text;
    index = quoted.end;
  }
  return { text, end: index };
}

function readQuoted(line: string, start: number, quote: string): Token | undefined {
  let text = '';
  let index = start;
  while (index < line.length) {
    const char = line.charAt(index);
    if (char === quote) return { text, end: index + 1 };
    const escaped = char === '\\' ? readEscape(line, index + 1, quote) : undefined;
    text += escaped?.text ?? char;
    index = escaped?.end ?? index + 1;
  }
  return undefined;
}

// Single quotes know no escape but their own.
function readEscape(line: string, index: number, quote: string): Token | undefined {
  const char = line.charAt(index);
  if (quote === "'") return char === "'" ? { text: "'", end: index + 1 } : undefined;
  const hex = /^x([0-9a-f]{2})/i.exec(line.slice(index, index + 3))?.[1];
  if (hex !== undefined) return { text: String.fromCharCode(Number.parseInt(hex, 16)), end: index + 3 };
  return char === '' ? undefined : { text: escapes[char] ?? char, end: index + 1 };
}
