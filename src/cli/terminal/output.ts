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
      const screen = { columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 };
      const shown = fitting(plainText(text, { colored }), screen);
      stdout.write(`${backOver(drawn, screen)}${shown}\n`);
      drawn = shown;
    },
    record: (value) => void stdout.write(`${plainJsonLine(value)}\n`),
    bytes: (chunk) => void stdout.write(chunk),
    closed: closing.signal,
  };
}

interface Screen {
  readonly columns: number;
  readonly rows: number;
}

/** Moves to the beginning of a text that was written last, and clears from there. */
function backOver(text: string, screen: Screen): string {
  return text === '' ? '' : `\u001B[${rowsOf(text.split('\n'), screen)}A\u001B[J`;
}

/** The beginning of a text, as much as can be drawn over: the cursor comes back to nothing that has left the screen. */
function fitting(text: string, screen: Screen): string {
  const lines = text.split('\n');
  // One row for the cursor below, one for what is said of the rest.
  if (rowsOf(lines, screen) < screen.rows) return text;
  const count = lines.findLastIndex((_, index) => rowsOf(lines.slice(0, index), screen) < screen.rows - 1);
  return [...lines.slice(0, count), `… ${lines.length - count} more lines`].join('\n');
}

function rowsOf(lines: readonly string[], { columns }: Screen): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(visibleLength(line) / columns)), 0);
}
