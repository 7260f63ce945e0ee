import type { JUnitSuite } from '../junit.ts';
import { ciJobs, type CiJob } from './plan-run.ts';

/** What became of a task. */
export interface CiResult {
  readonly job: CiJob;
  readonly service: string | undefined;
  readonly passed: boolean;
  readonly durationMs: number;
  /** Why it failed: the step, and what it said last. */
  readonly reason: string | undefined;
  /** The last lines that it wrote. */
  readonly output: readonly string[];
}

/** A suite for each job that ran. */
export function runSuites(results: readonly CiResult[]): readonly JUnitSuite[] {
  return ciJobs.flatMap((job) => {
    const own = results.filter((result) => result.job === job);
    return own.length === 0 ? [] : [{ name: job, cases: own.map(caseOf) }];
  });
}

function caseOf({ job, service, passed, durationMs, reason = '', output }: CiResult): JUnitSuite['cases'][number] {
  const text = output.join('\n');
  const outcome = { kind: 'failure', type: 'failed', message: reason, text } as const;
  return { name: service ?? job, className: job, durationMs, ...(passed ? {} : { outcome }) };
}
