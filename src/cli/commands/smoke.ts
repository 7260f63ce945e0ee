import { openJUnitFile } from '../../app/delivery/junit-file.ts';
import { smokeTest } from '../../app/delivery/smoke/smoke.ts';
import { findService } from '../../app/find-service.ts';
import type { SmokeOutcome } from '../../delivery/smoke/judge.ts';
import type { SmokeCheck, SmokeReport } from '../../delivery/smoke/report.ts';
import { smokeSuite } from '../../delivery/smoke/report.ts';
import { MsaError } from '../../model/errors.ts';
import { parseHeader } from '../arguments/call-input.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { durationOption, textArguments, textOption, textOptions } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { withRunning } from '../running.ts';
import type { Colors } from '../terminal/colors.ts';
import { renderTable } from '../terminal/table.ts';

const defaultTimeoutMs = 10_000;

/** Asks the running system once for everything it offers from outside. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const timeoutMs = durationOption(input, 'timeout') ?? defaultTimeoutMs;
  const headers = textOptions(input, 'header').map(parseHeader);
  const named = [...new Set(textArguments(input, 0))];
  const writeSuites = await openJUnitFile(deps.files, deps.directory, textOption(input, 'junit'));
  const http = await deps.httpCaller();
  const report = await withRunning(deps, async (running) => {
    const { opened } = running;
    for (const name of named) findService(opened, name);
    const resting = opened.workspace.services.filter(({ replicas }) => replicas === 0).map(({ name }) => name);
    return smokeTest({ ...deps, http }, running, {
      services: named.length === 0 ? running.services : named,
      isWhole: named.length === 0,
      resting: new Set(resting),
      headers,
      timeoutMs,
    });
  });
  await writeSuites([smokeSuite(report)]);
  const failure = findFailure(report);
  const result = { data: report, text: renderReport(report, deps.colors) };
  return failure === undefined ? result : { ...result, failure };
}

function renderReport({ checks, counts }: SmokeReport, colors: Colors): string {
  const paint = { passed: colors.green, guarded: colors.yellow, untried: colors.dim, failed: colors.red };
  const rows = checks.map(({ outcome, name, reason }) => [paint[outcome](words[outcome]), name, reason]);
  const parts = outcomes.filter((outcome) => counts[outcome] > 0);
  return [
    renderTable(['RESULT', 'WHAT', 'SEEN'], rows, colors),
    '',
    parts.map((outcome) => `${counts[outcome]} ${words[outcome]}`).join(', '),
  ].join('\n');
}

const outcomes: readonly SmokeOutcome[] = ['passed', 'guarded', 'untried', 'failed'];
const words: Readonly<Record<SmokeOutcome, string>> = {
  passed: 'passed',
  guarded: 'guarded',
  untried: 'not tried',
  failed: 'failed',
};

function findFailure({ checks }: SmokeReport): MsaError | undefined {
  const failed = checks.filter(({ outcome }) => outcome === 'failed');
  if (failed.length === 0) return undefined;
  return new MsaError('MSA_SMOKE_FAILED', `${failed.length} of ${checks.length} checks failed`, {
    details: failed.map(({ name, reason }) => `${name}: ${reason}`),
    hint: `msa logs ${placesToLook(failed).join(' ')}`,
  });
}

function placesToLook(failed: readonly SmokeCheck[]): readonly string[] {
  const services = [...new Set(failed.flatMap((check) => check.services))];
  return services.length === 0 ? ['gateway'] : services;
}
