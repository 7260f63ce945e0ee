import { openWorkspace } from '../../app/open-workspace.ts';
import { up, type UpRequest, type UpResult } from '../../app/system/up.ts';
import { watchWorkspace } from '../../app/system/watch-workspace.ts';
import { fingerprints } from '../../io/fingerprints.ts';
import { MsaError } from '../../model/errors.ts';
import { engineChoices } from '../../model/workspace.ts';
import { renderPlan } from '../../plan/plan-text.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { durationOption, isSet, listOption, textArguments, textOption } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { withProgress } from '../progress/with-progress.ts';
import { reportUp } from '../render/report-up.ts';
import { stayUp } from '../stay-up.ts';

const defaultTimeoutMs = 60_000;

/** Brings the system to what msa.yaml says; with --attach or --watch it stays, until Ctrl-C. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const request = readRequest(input, deps);
  const since = deps.clock.date();
  const opened = await openWorkspace(deps.files, deps.directory);
  const [attach, watch] = [isSet(input, 'attach'), isSet(input, 'watch')];
  const stays = (attach || watch) && !request.dryRun;
  const watching = stays && watch ? await watchWorkspace({ ...deps, fingerprints }, opened) : undefined;
  const result = await withProgress(deps, (system) => up(system, opened, request));
  for (const remark of result.remarks) deps.say(remark);
  if (request.dryRun) return dryRun(result);
  const report = reportUp(result, opened.workspace.name, deps.colors);
  if (!stays || (result.failure !== undefined && !watch)) return report;
  return stayUp(deps, { opened, request, since, report, attach, watching });
}

function readRequest(input: CommandInput, deps: Deps): UpRequest {
  return {
    services: textArguments(input, 0),
    callees: input.options['deps'] !== false,
    except: listOption(input, 'except'),
    engine: engineChoices.find((choice) => choice === textOption(input, 'engine')),
    port: portOption(input),
    rebuild: isSet(input, 'build'),
    timeoutMs: durationOption(input, 'timeout') ?? defaultTimeoutMs,
    dryRun: isSet(input, 'dryRun'),
    onEngine: (kind, why) => deps.say(`${kind === 'docker' ? 'In Docker' : 'As processes'}: ${why}`),
  };
}

function portOption(input: CommandInput): number | 'auto' | undefined {
  const text = textOption(input, 'port');
  if (text === undefined || text === 'auto') return text;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new MsaError('MSA_USAGE', `--port: ${JSON.stringify(text)} is neither a port nor auto`, {
    hint: 'For example --port 9000, or --port auto for any free one',
  });
}

function dryRun({ engine, plan }: UpResult): CommandResult {
  const lines = plan.operations.length === 0 ? ['Nothing is to be done.'] : renderPlan(plan);
  const operations = plan.operations.map(({ id, kind, cause, needs }) => ({ id, kind, cause, needs }));
  return { data: { type: 'result', dryRun: true, engine, operations }, text: lines.join('\n') };
}
