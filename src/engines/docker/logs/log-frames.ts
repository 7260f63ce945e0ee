/** A message of a container's log. */
export interface LogMessage {
  readonly stream: 'stdout' | 'stderr';
  /** As Docker writes it: always nine digits of a second, so that texts compare as times do. */
  readonly time: string;
  readonly text: string;
}

const headerBytes = 8;
const stderrType = 2;
/** Longer lines come in pieces, so that a program that never ends a line cannot fill the memory. */
const maxLineLength = 64 * 1024;

/**
 * Takes lines out of Docker's log stream: frames with a header of eight bytes, one for each message, each message with
 * its time in front. A long line comes as several messages of one time, of which only the last ends the line; what a
 * program wrote last may have no end at all.
 */
export async function* readMessages(source: AsyncIterable<Buffer>): AsyncIterable<LogMessage> {
  const open = new Map<number, LogMessage>();
  for await (const { type, payload } of readFrames(source)) {
    const piece = parsePiece(type, payload);
    const begun = open.get(type);
    open.delete(type);
    if (begun !== undefined && begun.time !== piece.time) yield begun;
    const text = begun?.time === piece.time ? begun.text + piece.text : piece.text;
    const { stream, time } = piece;
    if (piece.ends || text.length > maxLineLength) yield { stream, time, text };
    else open.set(type, { stream, time, text });
  }
  yield* open.values();
}

function parsePiece(type: number, payload: string): LogMessage & { readonly ends: boolean } {
  const space = payload.indexOf(' ');
  return {
    stream: type === stderrType ? 'stderr' : 'stdout',
    time: payload.slice(0, space),
    text: payload.slice(space + 1).replace(/\r?\n$/, ''),
    ends: payload.endsWith('\n'),
  };
}

async function* readFrames(source: AsyncIterable<Buffer>): AsyncIterable<{ type: number; payload: string }> {
  let buffered = Buffer.alloc(0);
  for await (const chunk of source) {
    buffered = Buffer.concat([buffered, chunk]);
    while (buffered.length >= headerBytes) {
      const end = headerBytes + buffered.readUInt32BE(4);
      if (buffered.length < end) break;
      yield { type: buffered.readUInt8(0), payload: buffered.toString('utf8', headerBytes, end) };
      buffered = buffered.subarray(end);
    }
  }
}
