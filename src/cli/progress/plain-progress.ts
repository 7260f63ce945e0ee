import type { PlannedOperation, ProgressEvent } from '../../protocol/events.ts';
import type { Progress } from './progress.ts';

/** A line for what takes long when it begins, and for what matters when it is done. */
export function createPlainProgress(say: (line: string) => void): Progress {
  const operations = new Map<string, PlannedOperation>();
  return {
    report: (event) => {
      if (event.type === 'plan') for (const operation of event.operations) operations.set(operation.id, operation);
      else if (event.type === 'notice') say(event.text);
      else if (event.type === 'operation') {
        const operation = operations.get(event.id);
        const line = operation === undefined ? undefined : lineFor(event, operation);
        if (line !== undefined) say(line);
      }
    },
    finish: () => Promise.resolve(),
  };
}

/** What failed and what was skipped for it is told at the end, with all that is known. */
function lineFor(
  { id, state }: Extract<ProgressEvent, { readonly type: 'operation' }>,
  { kind, unit }: PlannedOperation,
): string | undefined {
  if (state === 'failed') return `${id} failed`;
  if (state === 'skipped') return undefined;
  if (kind === 'close') return state === 'started' ? 'stopping everything' : undefined;
  if (kind === 'build') return state === 'started' ? `building ${unit}` : `built ${unit}`;
  if (state === 'started') return undefined;
  if (kind === 'await') return `${unit} is up`;
  return kind === 'stop' ? id.replace(/^stop /, 'stopped ') : undefined;
}
