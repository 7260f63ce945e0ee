import { MsaError, exitCodes } from '../../model/errors.ts';
import type { Outcome } from './execute.ts';

type Failed = Extract<Outcome, { readonly state: 'failed' }>;
type Skipped = Extract<Outcome, { readonly state: 'skipped' }>;

/** What was to be brought up. */
interface Brought {
  readonly name: string;
  /** Whether anything of it was there before. */
  readonly wasPresent: boolean;
}

/** The error for operations that failed, each with what is known of it; undefined when none did. */
export function upFailure({ name, wasPresent }: Brought, outcomes: readonly Outcome[]): MsaError | undefined {
  const failed = outcomes.filter((outcome) => outcome.state === 'failed');
  const [first] = failed;
  if (first === undefined) return undefined;
  const skipped = outcomes.flatMap((outcome) => (outcome.state === 'skipped' ? [outcome] : []));
  const isOne = failed.every(({ error }) => error.message === first.error.message);
  const works = wasPresent || outcomes.some(({ operation, state }) => operation.kind === 'await' && state === 'done');
  const what = isOne ? first.error.message : `${failed.length} things failed`;
  return new MsaError(commonCode(failed), `${name} ${works ? 'is up only in part' : 'did not come up'}: ${what}`, {
    details: [...(isOne ? detailsOf(first) : failureLines(outcomes)), ...skippedLines(skipped)],
    hint: 'Correct it and run msa up again: what works keeps running. msa down stops everything.',
    data: {
      failures: failed.map(({ operation, error }) => ({ operation: operation.id, ...describe(error) })),
      skipped: skipped.map(({ operation, because }) => ({ operation: operation.id, because })),
    },
    cause: first.error,
  });
}

/** What was skipped, a line for each reason. What waited for something skipped says nothing new. */
function skippedLines(skipped: readonly Skipped[]): readonly string[] {
  const ids = new Set(skipped.map(({ operation }) => `${operation.id} was skipped`));
  const reasons = new Set(skipped.map(({ because }) => because).filter((because) => !ids.has(because)));
  return Array.from(reasons, (reason) => {
    const group = skipped.filter(({ because }) => because === reason).map(({ operation }) => operation.id);
    return `skipped, because ${reason}: ${group.join(', ')}`;
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
