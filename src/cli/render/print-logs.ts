import type { LogLine } from '../../ports/engine.ts';
import type { Deps } from '../deps.ts';
import { createLogPrefix } from './log-prefix.ts';
import { readableLog } from './readable-log.ts';

interface LogStyle {
  /** All units there are: each has a colour of its own. */
  readonly units: readonly string[];
  /** Instances that are expected to write, for the width of the first column. */
  readonly ids: readonly string[];
  /** Lines as they were written, even where they are JSON. */
  readonly raw: boolean;
  readonly timestamps: boolean;
}

/** Writes the lines of instances to stdout, each behind the name of its instance. */
export async function printLogs(
  lines: AsyncIterable<LogLine>,
  { output, colors }: Pick<Deps, 'output' | 'colors'>,
  { units, ids, raw, timestamps }: LogStyle,
): Promise<void> {
  const prefix = createLogPrefix(units, ids, colors);
  for await (const line of lines) {
    const start = prefix(line.instance) + (timestamps ? `${colors.dim(line.time)} ` : '');
    const texts = raw ? [line.text] : readableLog(line, colors);
    if (output.json) output.record(line);
    else for (const text of texts) output.foreignLine(start, text);
    if (output.closed.aborted) return;
  }
}
