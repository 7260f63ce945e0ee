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
 * its time in front. Long lines come as several messages, of which only the last ends a line.
 */
export async function* readMessages(source: AsyncIterable<Buffer>): AsyncIterable<LogMessage> {
  const open = new Map<number, LogMessage>();
  for await (const { type, payload } of readFrames(source)) {
    const space = payload.indexOf(' ');
    const ends = payload.endsWith('\n');
    const piece = payload.slice(space + 1, ends ? -1 : undefined);
    const begun = open.get(type) ?? {
      stream: type === stderrType ? 'stderr' : 'stdout',
      time: payload.slice(0, space),
      text: '',
    };
    const message = { ...begun, text: begun.text + piece };
    if (ends || message.text.length > maxLineLength) {
      open.delete(type);
      yield { ...message, text: message.text.replace(/\r$/, '') };
    } else {
      open.set(type, message);
    }
  }
  yield* open.values();
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
