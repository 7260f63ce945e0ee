const newline = 0x0a;

/** As much of a line as is kept in one piece; longer ones become several. Docker does it at the same size. */
export const maxLineBytes = 16 * 1024;

/** Cuts a stream of bytes into lines, whatever is in them. */
export interface LineSplitter {
  /** The lines that a piece of the stream completes, without their ends. */
  readonly push: (chunk: Buffer) => readonly Buffer[];
  /** What came after the last end of a line. */
  readonly finish: () => readonly Buffer[];
}

export function createLineSplitter(): LineSplitter {
  let rest: Buffer = Buffer.alloc(0);
  return {
    push: (chunk) => {
      const lines: Buffer[] = [];
      let from = 0;
      const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (;;) {
        const end = text.indexOf(newline, from);
        const stop = end === -1 ? text.length : end;
        while (stop - from > maxLineBytes) {
          lines.push(text.subarray(from, from + maxLineBytes));
          from += maxLineBytes;
        }
        if (end === -1) break;
        lines.push(text.subarray(from, end));
        from = end + 1;
      }
      // A copy, so that a short rest does not keep a long chunk in memory.
      rest = Buffer.from(text.subarray(from));
      return lines;
    },
    finish: () => {
      const last = rest;
      rest = Buffer.alloc(0);
      return last.length === 0 ? [] : [last];
    },
  };
}
