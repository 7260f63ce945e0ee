import { nameOf } from '../../app/delivery/deploy/run-deploy.ts';
import type { DeployReport, ServiceOutcome } from '../../delivery/deploy/deploy-report.ts';
import type { HookCall, ServicePlan } from '../../delivery/deploy/plan-deploy.ts';
import { MsaError } from '../../model/errors.ts';
import type { CommandResult } from '../arguments/command.ts';
import { shellWord } from '../shell-words.ts';
import type { Colors } from '../terminal/colors.ts';
import { renderTable } from '../terminal/table.ts';

/** One call before it is made: `orders: deploy at 10 %: sh deploy/compose.sh`. */
export function renderCall({ kind, service, weight, words }: HookCall): string {
  const at = kind === 'rollback' ? '' : ` at ${weight} %`;
  return `${service}: ${kind}${at}: ${words.map((word) => shellWord(word)).join(' ')}`;
}

interface Planned {
  readonly environment: string;
  readonly isRollback: boolean;
}

/** What would be called. */
export function renderPlan(plans: readonly ServicePlan[], { environment, isRollback }: Planned): CommandResult {
  const calls = isRollback ? plans.toReversed().map(({ rollback }) => rollback) : plans.flatMap((plan) => plan.calls);
  const lines = calls.map((call) => renderCall(call));
  const end = calls.length === 0 ? 'There is nothing to deploy.' : 'Nothing was called.';
  return {
    data: { environment, calls: calls.map(({ kind, ...call }) => ({ action: kind, ...call })) },
    text: [...lines, ...(lines.length > 0 ? [''] : []), end].join('\n'),
  };
}

/** What became of each service. */
export function renderDeploy({ environment, services }: DeployReport, colors: Colors): string {
  if (services.length === 0) return 'There was nothing to deploy.';
  const words: Readonly<Record<ServiceOutcome['outcome'], string>> = {
    deployed: colors.green(`deployed to ${environment}`),
    untouched: 'not begun',
    'rolled-back': colors.yellow('taken back'),
    stuck: colors.red('not taken back'),
  };
  const rows = services.map(({ service, outcome, digest }) => [service, words[outcome], digest]);
  return renderTable(['SERVICE', 'OUTCOME', 'IMAGE'], rows, colors);
}

/** The error that a release ends with; undefined when all went well. */
export function deployFailure(
  { environment, outcome, reason, services, calls }: DeployReport,
  { isRollback, images }: { readonly isRollback: boolean; readonly images: string },
): MsaError | undefined {
  const failed = calls.filter(({ succeeded }) => !succeeded);
  const details = failed.map(({ action, ...call }) => `${nameOf({ kind: action, ...call })} ${call.result}`);
  if (outcome === 'stuck') {
    const stuck = services.filter((each) => each.outcome === 'stuck');
    const names = stuck.map(({ service }) => service);
    return new MsaError('MSA_ROLLBACK_FAILED', `${names.join(', ')} could not be taken back from ${environment}`, {
      details: [...details, ...stuck.map(({ service, reference }) => `${service}: the new image is ${reference}`)],
      hint: `Look what runs there, then: msa ci deploy ${environment} --images ${shellWord(images)} --service ${names.join(',')} --rollback`,
    });
  }
  if (outcome === 'deployed' || isRollback) return undefined;
  const taken = services.filter((each) => each.outcome === 'rolled-back').map(({ service }) => service);
  return new MsaError('MSA_DEPLOY_FAILED', `nothing was deployed to ${environment}: ${reason}`, {
    details: taken.length === 0 ? [] : [`Taken back: ${taken.join(', ')}`],
    hint: 'What the hook wrote stands above. The former versions run as before.',
  });
}
