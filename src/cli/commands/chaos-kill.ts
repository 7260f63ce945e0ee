import { randomInt } from 'node:crypto';

import { killSuite, unprovenSuite } from '../../app/chaos/kill-suite.ts';
import { killUnderLoad, type KillOptions } from '../../app/chaos/kill-under-load.ts';
import { openJUnitFile, type WriteSuites } from '../../app/delivery/junit-file.ts';
import type { KillReport } from '../../chaos/report.ts';
import { MsaError } from '../../model/errors.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { countOption, durationOption, textArgument, textOption } from '../arguments/option-values.ts';
import { renderKillReport } from '../chaos/render-kill-report.ts';
import type { Deps } from '../deps.ts';
import { withRunning } from '../running.ts';
import { shellWord } from '../shell-words.ts';
import { noColors } from '../terminal/colors.ts';

const maxSeed = 2 ** 32 - 1;
const defaults = { ratePerSecond: 50, afterMs: 3000, durationMs: 10_000, timeoutMs: 30_000 };

/** Kills one instance under load; the verdict decides the exit code. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const options = readOptions(input);
  const writeSuites = await openJUnitFile(deps.files, deps.directory, textOption(input, 'junit'));
  const load = await deps.loadGenerator();
  const report = await withRunning(deps, (running) => killUnderLoad({ ...deps, load }, running, options)).catch(
    async (error: unknown) => noteUnproven(error, options.target, writeSuites),
  );
  const facts = renderKillReport(report, noColors);
  await writeSuites([killSuite(report, { timeoutMs: options.timeoutMs, facts })]);
  const failure = findFailure(report);
  const result = { data: report, text: renderKillReport(report, deps.colors) };
  return failure === undefined ? result : { ...result, failure };
}

/** A run that ended before it could show anything fails whoever waits for a report of it. */
async function noteUnproven(error: unknown, target: string, writeSuites: WriteSuites): Promise<never> {
  if (error instanceof MsaError && error.code === 'MSA_CHAOS_INCONCLUSIVE')
    await writeSuites([unprovenSuite(target, error.message)]);
  throw error;
}

function readOptions(input: CommandInput): KillOptions {
  const seed = countOption(input, 'seed', { least: 0, most: maxSeed }) ?? randomInt(maxSeed);
  const paths = [input.options['path'] ?? []].flat().filter((path) => typeof path === 'string');
  for (const path of paths) refuseUnlessPath(path);
  return {
    target: textArgument(input, 0),
    instance: textOption(input, 'instance'),
    paths,
    ratePerSecond: countOption(input, 'rate', { least: 1, most: 1000 }) ?? defaults.ratePerSecond,
    afterMs: durationOption(input, 'after') ?? defaults.afterMs,
    durationMs: durationOption(input, 'duration') ?? defaults.durationMs,
    timeoutMs: durationOption(input, 'timeout') ?? defaults.timeoutMs,
    seed,
    replay: renderCommand({ ...input, options: { ...input.options, seed: String(seed) } }),
  };
}

function refuseUnlessPath(path: string): void {
  if (/^\/[\x21-\x7e]*$/.test(path) && !path.includes('#')) return;
  throw new MsaError('MSA_USAGE', `--path: ${JSON.stringify(path)} is no path of the gateway`, {
    hint: 'It begins with a slash, and what is not plain ASCII is percent-encoded: --path /orders?limit=1',
  });
}

const replayed = ['instance', 'path', 'rate', 'after', 'duration', 'timeout', 'seed'] as const;

/** The same call once more, the seed included, so that it finds the same victim among the same instances. */
function renderCommand(input: CommandInput): string {
  const words = replayed.flatMap((name) => {
    const values = [input.options[name] ?? []].flat().filter((value) => typeof value === 'string');
    return values.flatMap((value) => [`--${name}`, shellWord(value)]);
  });
  return ['msa chaos kill', shellWord(textArgument(input, 0)), ...words].join(' ');
}

function findFailure({ verdict, reasons, failures, target, replay }: KillReport): MsaError | undefined {
  const message = reasons.join(', and ');
  if (verdict === 'inconclusive')
    return new MsaError('MSA_CHAOS_INCONCLUSIVE', message, { hint: `Once more: ${replay}` });
  const hint = `msa logs ${failures.length > 0 ? 'gateway' : target.service}`;
  return verdict === 'refuted' ? new MsaError('MSA_CHAOS_REFUTED', message, { hint }) : undefined;
}
