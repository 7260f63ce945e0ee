import type { ProgressEvent } from '../../protocol/events.ts';
import type { Deps } from '../deps.ts';
import { createPlainProgress } from './plain-progress.ts';
import type { Progress } from './progress.ts';

type Needs = Pick<Deps, 'output' | 'say' | 'liveView' | 'signal'>;

/** Records with --json, a live view on a terminal, lines elsewhere. */
export function createProgress({ output, say, liveView, signal }: Needs): Progress {
  if (output.json) return { report: (event) => output.record(event), finish: () => Promise.resolve() };
  const plain = createPlainProgress(say);
  return liveView === undefined ? plain : createLiveProgresses(plain, liveView, signal);
}

/**
 * A live view of each plan, whose code is loaded when there is one to show. What comes after Ctrl-C, such as taking back
 * what was done, is told in lines.
 */
function createLiveProgresses(
  plain: Progress,
  { colored }: NonNullable<Needs['liveView']>,
  signal: AbortSignal,
): Progress {
  let view: Progress | undefined;
  /** Said when the view is over, which would draw over them. */
  const notices: ProgressEvent[] = [];
  let handled: Promise<void> = Promise.resolve();
  const handle = async (event: ProgressEvent): Promise<void> => {
    if (event.type === 'plan') {
      await finishView();
      const isWorthALook = event.operations.some(({ unit }) => unit !== null) && !signal.aborted;
      if (isWorthALook) {
        const { createLiveProgress } = await import('./live-progress.ts');
        view = createLiveProgress({ operations: event.operations, colored, signal });
      }
    }
    if (view === undefined || signal.aborted) plain.report(event);
    else if (event.type === 'notice') notices.push(event);
    else view.report(event);
  };
  const finishView = async (): Promise<void> => {
    await view?.finish();
    view = undefined;
    for (const notice of notices.splice(0)) plain.report(notice);
  };
  return {
    report: (event) => {
      // One after the other: a view takes a moment to come and to go.
      handled = handled.then(() => handle(event));
    },
    finish: async () => {
      await handled;
      await finishView();
    },
  };
}
