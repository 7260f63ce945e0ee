import { changeReport } from '../app/change-report.ts';
import { openWorkspace, type OpenWorkspace } from '../app/open-workspace.ts';
import type { PlannedChange } from '../app/planned-change.ts';
import { MsaError } from '../model/errors.ts';
import { renderDecisions } from '../scaffold/changes/changes.ts';
import type { CommandInput, CommandResult } from './arguments/command.ts';
import type { Deps } from './deps.ts';

interface Finish<Plan extends PlannedChange> {
  readonly root: string;
  readonly input: CommandInput;
  /** Decides what is to change. Called again when somebody else changes the workspace before it is written. */
  readonly plan: () => Promise<Plan>;
  /** What was done, for people: the first line, what to do next, and what of it still failed. */
  readonly done: (plan: Plan) => {
    readonly title: string;
    readonly next?: readonly string[];
    readonly failure?: MsaError | undefined;
  };
  /** What is asked on a terminal; left out: whether to write, with yes as the default. */
  readonly question?: { readonly message: string; readonly default: boolean };
}

/** Plans on the workspace as it was opened, and on a new look at it each time it is asked again. */
export function planOn<Plan extends PlannedChange>(
  { files, directory }: Deps,
  opened: OpenWorkspace,
  plan: (opened: OpenWorkspace) => Promise<Plan>,
): () => Promise<Plan> {
  let atFirst: OpenWorkspace | undefined = opened;
  return async () => {
    const current = atFirst ?? (await openWorkspace(files, directory));
    atFirst = undefined;
    return plan(current);
  };
}

/** So many commands can change one workspace at once and all get their turn. */
const maxAttempts = 50;

/**
 * The end of every command that changes files: shows what is about to change, asks on a terminal, and writes all of it
 * or nothing. With --dry-run it only shows.
 */
export async function finishChange<Plan extends PlannedChange>(
  deps: Deps,
  { root, input, plan: decide, done, question }: Finish<Plan>,
): Promise<CommandResult> {
  let agreedTo: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const plan = await decide();
    const lines = renderDecisions(plan.decisions);
    if (attempt === 1) for (const note of plan.notes) deps.say(note);
    if (input.options['dryRun'] === true) return dryRun(root, plan, lines);
    if (deps.interactive && !deps.yes && plan.changes.length > 0 && agreedTo !== lines.join('\n')) {
      await confirm(deps, { root, lines, question });
      agreedTo = lines.join('\n');
    }
    deps.signal.throwIfAborted();
    if (await isApplied(deps, { root, plan, isLast: attempt === maxAttempts }))
      return report(deps, root, { plan, ...done(plan) });
  }
}

/** False when the plan is out of date, and making another one is worth a try. */
async function isApplied(
  { files }: Deps,
  { root, plan, isLast }: { readonly root: string; readonly plan: PlannedChange; readonly isLast: boolean },
): Promise<boolean> {
  try {
    await files.apply(root, plan.changes);
    return true;
  } catch (error) {
    if (!isLast && error instanceof MsaError && error.code === 'MSA_CHANGED_MEANWHILE') return false;
    throw error;
  }
}

function dryRun(root: string, { decisions }: PlannedChange, lines: readonly string[]): CommandResult {
  const shown = lines.length === 0 ? ['There is nothing to change.'] : [...lines, '', 'Nothing was written.'];
  return { data: changeReport(root, decisions, false), text: shown.join('\n') };
}

interface Done extends ReturnType<Finish<PlannedChange>['done']> {
  readonly plan: PlannedChange;
}

function report({ colors }: Deps, root: string, { plan, title, next = [], failure }: Done): CommandResult {
  return {
    data: changeReport(root, plan.decisions, plan.changes.length > 0),
    text: [colors.green(title), ...(next.length === 0 ? [] : ['', ...next])].join('\n'),
    ...(failure === undefined ? {} : { failure }),
  };
}

interface Confirmation {
  readonly root: string;
  readonly lines: readonly string[];
  readonly question: Finish<PlannedChange>['question'];
}

async function confirm({ say, prompter }: Deps, { root, lines, question }: Confirmation): Promise<void> {
  for (const line of [`In ${root}:`, ...lines.map((each) => `  ${each}`)]) say(line);
  const asked = question ?? { message: 'Write these files?', default: true };
  if (await prompter.confirm({ ...asked, flag: '--yes' })) return;
  throw new MsaError('MSA_INTERRUPTED', 'you said no; nothing was changed');
}
