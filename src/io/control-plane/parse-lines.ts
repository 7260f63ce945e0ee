import { StringDecoder } from 'node:string_decoder';

const maxLineLength = 32 * 1024 * 1024;

/** The lines of a stream of newline-delimited text; an unfinished one at its end is left out. */
export async function* parseLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    const lines = `${rest}${decoder.write(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxLineLength) throw new Error('a line is too long');
    yield* lines;
  }
}
