import { MsaError, exitCodes } from '../../model/errors.ts';
import type { Outcome } from './execute.ts';

type Failed = Extract<Outcome, { readonly state: 'failed' }>;

/** The error for operations that failed, each with what is known of it; undefined when none did. */
export function upFailure(workspaceName: string, outcomes: readonly Outcome[]): MsaError | undefined {
  const failed = outcomes.filter((outcome) => outcome.state === 'failed');
  const [first, ...others] = failed;
  if (first === undefined) return undefined;
  const skipped = outcomes.flatMap((outcome) => (outcome.state === 'skipped' ? [outcome] : []));
  const what = others.length === 0 ? first.error.message : `${failed.length} things failed`;
  return new MsaError(commonCode(failed), `${workspaceName} is up only in part: ${what}`, {
    details: [
      ...(others.length === 0 ? detailsOf(first) : failureLines(outcomes)),
      ...skipped.map(({ operation, because }) => `skipped: ${operation.id}, because ${because}`),
    ],
    hint: 'Correct it and run msa up again: what works keeps running. msa down stops everything.',
    data: {
      failures: failed.map(({ operation, error }) => ({ operation: operation.id, ...describe(error) })),
      skipped: skipped.map(({ operation, because }) => ({ operation: operation.id, because })),
    },
    cause: first.error,
  });
}

/** What failed, a line each with its details below. */
export function failureLines(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.flatMap((outcome) =>
    outcome.state === 'failed'
      ? [`${outcome.operation.id}: ${outcome.error.message}`, ...detailsOf(outcome).map((line) => `  ${line}`)]
      : [],
  );
}

function detailsOf({ error }: Failed): readonly string[] {
  if (!(error instanceof MsaError)) return [];
  return [...error.details, ...(error.hint === undefined ? [] : [`hint: ${error.hint}`])];
}

function describe(error: Error): object {
  if (!(error instanceof MsaError)) return { code: null, message: error.message, details: [] };
  const { code, message, details, data } = error;
  return { code, message, details, data: data ?? null };
}

/** When all failed for one reason outside of the system, that is what the command ends with. */
function commonCode(failed: readonly Failed[]): MsaError['code'] {
  const codes = new Set(failed.map(({ error }) => (error instanceof MsaError ? error.code : undefined)));
  const [error] = failed.map((outcome) => outcome.error);
  const isEnvironment = error instanceof MsaError && error.exitCode === exitCodes.environment;
  return codes.size === 1 && isEnvironment ? error.code : 'MSA_UP_FAILED';
}
