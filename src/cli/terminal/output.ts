import { foreignText } from './foreign-text.ts';
import type { OutputStream } from './output-stream.ts';
import { plainJsonLine, plainText } from './plain-text.ts';
import { visibleLength } from './table.ts';

/** stdout for a command whose result comes bit by bit: lines of a log, events, the body of an answer. */
export interface Output {
  /** True with --json: records instead of lines. */
  readonly json: boolean;
  readonly isTerminal: boolean;
  /** Whether text may have colours. */
  readonly colored: boolean;
  /** A line of text, made harmless for a terminal. */
  readonly line: (text: string) => void;
  /** A line that another program wrote, behind a prefix of ours: its colours stay. */
  readonly foreignLine: (prefix: string, text: string) => void;
  /** Text in the place of the text that was drawn before; for terminals. */
  readonly redraw: (text: string) => void;
  /** An object as a line of JSON. */
  readonly record: (value: object) => void;
  /** Bytes as they are. */
  readonly bytes: (chunk: Uint8Array) => void;
  /** Aborted when nobody reads any more (`msa logs -f | head -1`): time to stop. */
  readonly closed: AbortSignal;
}

interface OutputOptions {
  readonly json: boolean;
  readonly colored: boolean;
}

/** Makes a stream the output of a command. */
export function createOutput(stdout: OutputStream, { json, colored }: OutputOptions): Output {
  const closing = new AbortController();
  let drawn = '';
  stdout.once?.('error', () => closing.abort());
  return {
    json,
    isTerminal: stdout.isTTY === true,
    colored,
    line: (text) => void stdout.write(`${plainText(text, { colored })}\n`),
    foreignLine: (prefix, text) =>
      void stdout.write(`${plainText(prefix, { colored })}${foreignText(text, { colored })}\n`),
    redraw: (text) => {
      const safe = plainText(text, { colored });
      stdout.write(`${backOver(drawn, stdout.columns ?? 80)}${safe}\n`);
      drawn = safe;
    },
    record: (value) => void stdout.write(`${plainJsonLine(value)}\n`),
    bytes: (chunk) => void stdout.write(chunk),
    closed: closing.signal,
  };
}

/** Moves to the beginning of a text that was written last, and clears from there. */
function backOver(text: string, columns: number): string {
  if (text === '') return '';
  const rows = text.split('\n').map((line) => Math.max(1, Math.ceil(visibleLength(line) / columns)));
  const count = rows.reduce((sum, lines) => sum + lines, 0);
  return `\u001B[${count}A\u001B[J`;
}
