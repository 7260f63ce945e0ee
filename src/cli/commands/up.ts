import { openWorkspace } from '../../app/open-workspace.ts';
import { up, type UpRequest, type UpResult } from '../../app/system/up.ts';
import { MsaError } from '../../model/errors.ts';
import { engineChoices } from '../../model/workspace.ts';
import { renderPlan } from '../../plan/plan-text.ts';
import type { CommandInput, CommandResult } from '../command.ts';
import type { Colors, Deps } from '../deps.ts';
import { durationOption, isSet, listOption, textArguments, textOption } from '../option-values.ts';
import { withProgress } from '../progress/with-progress.ts';

const defaultTimeoutMs = 60_000;

/** Brings the system to what msa.yaml says. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const request = readRequest(input, deps);
  const opened = await openWorkspace(deps.files, deps.directory);
  const result = await withProgress(deps, (system) => up(system, opened, request));
  return request.dryRun ? dryRun(result) : report(result, opened.workspace.name, deps.colors);
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

function report(result: UpResult, name: string, colors: Colors): CommandResult {
  const { engine, plan, desired, publicUrl, registryUrl, failure } = result;
  const data = {
    type: 'result',
    engine,
    changed: plan.operations.length > 0,
    publicUrl,
    registryUrl: registryUrl ?? null,
  };
  if (failure !== undefined) return { data, text: '', failure };
  const path = desired.system.routes[0]?.path ?? '/';
  const headline = plan.operations.length === 0 ? `${name} is up; nothing changed` : `${name} is up`;
  return {
    data,
    text: [
      colors.green(headline),
      '',
      `  gateway   ${publicUrl}`,
      ...(registryUrl === undefined ? [] : [`  registry  ${registryUrl}`]),
      '',
      `  curl ${publicUrl}${path}`,
    ].join('\n'),
  };
}
