import { appendSummary } from '../../app/delivery/deploy/append-summary.ts';
import { openDeploy } from '../../app/delivery/deploy/open-deploy.ts';
import { runDeploy, runRollback } from '../../app/delivery/deploy/run-deploy.ts';
import { hideSecrets } from '../../delivery/ci/hide-secrets.ts';
import { renderSummary } from '../../delivery/deploy/deploy-report.ts';
import { MsaError } from '../../model/errors.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { durationOption, isSet, listOption, textArgument, textOption } from '../arguments/option-values.ts';
import { deployFailure, renderCall, renderDeploy, renderPlan } from '../delivery/render-deploy.ts';
import type { Deps } from '../deps.ts';
import { foreignText } from '../terminal/foreign-text.ts';

/** Long enough for a slow pull on a slow machine; a pipeline has a bound of its own. */
const defaultTimeoutMs = 600_000;

/** Releases images to an environment through its hook, and takes them back when something fails. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const images = textOption(input, 'images');
  if (images === undefined) {
    throw new MsaError('MSA_USAGE', 'which images are deployed has to be said', { hint: '--images images' });
  }
  const question = { environment: textArgument(input, 0), images, services: listOption(input, 'service') };
  const { root, environment, plans } = await openDeploy(deps, question);
  const isRollback = isSet(input, 'rollback');
  if (isSet(input, 'dryRun')) return renderPlan(plans, { environment: environment.name, isRollback });
  const hide = hideSecrets(deps.env);
  const report = await (isRollback ? runRollback : runDeploy)(deps, {
    environment,
    plans,
    root,
    timeoutMs: durationOption(input, 'timeout') ?? defaultTimeoutMs,
    onCall: (call) => deps.say(deps.colors.bold(renderCall(call))),
    onLine: ({ service }, line) =>
      deps.say(`${deps.colors.cyan(service)} ${deps.colors.dim('|')} ${foreignText(hide(line), { colored: false })}`),
  });
  const summary = textOption(input, 'summary');
  if (summary !== undefined)
    await appendSummary(deps.files, deps.directory, { file: summary, text: renderSummary(report) });
  const failure = deployFailure(report, { isRollback, images });
  const result = { data: report, text: renderDeploy(report, deps.colors) };
  return failure === undefined ? result : { ...result, failure };
}
