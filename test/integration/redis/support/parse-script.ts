import { splitInline } from '../../../../src/redis/resp/split-inline.ts';

/** The commands of a script: one a line, quoted as redis-cli has it; `#` begins a comment. */
export function parseScript(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => parseLine(line));
}

function parseLine(line: string): readonly string[] {
  const words = splitInline(line);
  if (words === undefined) throw new Error(`unbalanced quotes: ${line}`);
  return words;
}
