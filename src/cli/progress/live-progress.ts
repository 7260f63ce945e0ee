import { Listr, ListrDefaultRendererLogLevels, ListrLogger, ProcessOutput, type ListrTaskWrapper } from 'listr2';
import type { DefaultRenderer, SimpleRenderer } from 'listr2';

import type { PlannedOperation } from '../../protocol/events.ts';
import { plainText } from '../terminal/plain-text.ts';
import type { Progress } from './progress.ts';
import { UnitRows } from './unit-rows.ts';

interface LiveOptions {
  readonly operations: readonly PlannedOperation[];
  readonly colored: boolean;
  /** When it is aborted the view ends, so that what is said then is seen. */
  readonly signal: AbortSignal;
}

type Task = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;

interface Line {
  task: Task | undefined;
  readonly finished: Promise<void>;
  readonly settle: (how: 'done' | 'failed' | 'skipped', phase: string) => void;
}

/** A line for each unit that is drawn anew as it changes, on stderr. */
export function createLiveProgress({ operations, colored, signal }: LiveOptions): Progress {
  const rows = new UnitRows(operations);
  const width = Math.max(0, ...rows.units.map((unit) => unit.length));
  const lines = new Map(rows.units.map((unit) => [unit, createLine(unit.padEnd(width))]));
  const end = (): void => {
    for (const [unit, { settle }] of lines) settle('skipped', signal.aborted ? 'interrupted' : rows.row(unit).phase);
  };
  const view = runListr(lines, { width, colored });
  signal.addEventListener('abort', end, { once: true });
  return {
    report: (event) => {
      if (event.type === 'output') {
        const line = lines.get(operations.find(({ id }) => id === event.id)?.unit ?? '');
        if (line?.task !== undefined) line.task.output = plainText(event.line, { colored: false });
      }
      if (event.type !== 'operation') return;
      const unit = rows.note(event);
      const line = unit === undefined ? undefined : lines.get(unit);
      if (unit === undefined || line === undefined) return;
      const { phase, state } = rows.row(unit);
      if (line.task !== undefined) line.task.title = titleOf(unit.padEnd(width), phase);
      if (state === 'done' || state === 'failed' || state === 'skipped') line.settle(state, phase);
    },
    finish: async () => {
      signal.removeEventListener('abort', end);
      end();
      await view;
    },
  };
}

function titleOf(unit: string, phase: string): string {
  return plainText(`${unit}  ${phase}`.replaceAll('\n', ' '), { colored: false });
}

function createLine(unit: string): Line {
  const waiting: { resolve?: () => void; reject?: (error: Error) => void } = {};
  const finished = new Promise<void>((resolve, reject) => Object.assign(waiting, { resolve, reject }));
  // Listr may come to it later; until then nobody must think that it was forgotten.
  finished.catch(() => undefined);
  const line: Line = {
    task: undefined,
    finished,
    settle: (how, phase) => {
      const { resolve, reject } = waiting;
      delete waiting.resolve;
      if (resolve === undefined) return;
      if (how === 'failed') reject?.(new Error(titleOf(unit, phase)));
      if (how === 'skipped') line.task?.skip(titleOf(unit, phase));
      resolve();
    },
  };
  return line;
}

interface Style {
  readonly width: number;
  readonly colored: boolean;
}

/** Its own handling of Ctrl-C would end the process before anything is taken back, and its own stream is stdout. */
async function runListr(lines: ReadonlyMap<string, Line>, { width, colored }: Style): Promise<void> {
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  const tasks = Array.from(lines, ([unit, line]) => ({
    title: titleOf(unit.padEnd(width), 'waiting'),
    task: (_context: unknown, task: Task): Promise<void> => {
      line.task = task;
      return line.finished;
    },
  }));
  const list = new Listr(tasks, {
    concurrent: true,
    exitOnError: false,
    registerSignalListeners: false,
    renderer: 'default',
    rendererOptions: {
      logger,
      formatOutput: 'truncate',
      ...(colored ? {} : { color: uncolored }),
    },
    fallbackRendererOptions: { logger },
  });
  await list.run();
}

const uncolored = Object.fromEntries(
  Object.values(ListrDefaultRendererLogLevels).map((level) => [level, (text?: string) => text ?? '']),
);
