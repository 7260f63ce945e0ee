import type { KillReport } from '../../chaos/report.ts';
import type { JUnitCase, JUnitOutcome, JUnitSuite } from '../../delivery/junit.ts';

interface Telling {
  /** How long the victim may be away. */
  readonly timeoutMs: number;
  /** The report for people. */
  readonly facts: string;
}

/** The verdict of an experiment as test results: both halves of its hypothesis, and whether the run proves anything. */
export function killSuite(report: KillReport, { timeoutMs, facts }: Telling): JUnitSuite {
  const { target, verdict, reasons, startedAt, durationMs } = report;
  const isProven = verdict !== 'inconclusive';
  return {
    name: nameOf(target.service),
    startedAt,
    durationMs,
    cases: [
      { name: heldName, ...outcome(isProven ? failureOfRequests(report) : unknown) },
      { name: recoveredName, ...outcome(isProven ? failureOfRecovery(report, timeoutMs) : unknown) },
      { name: provenName, durationMs, output: facts, ...outcome(isProven ? undefined : inconclusive(reasons)) },
    ],
  };
}

/** What is known of an experiment that ended before anything was killed. */
export function unprovenSuite(service: string, reason: string): JUnitSuite {
  return {
    name: nameOf(service),
    cases: [
      { name: heldName, ...outcome(unknown) },
      { name: recoveredName, ...outcome(unknown) },
      { name: provenName, ...outcome(inconclusive([reason])) },
    ],
  };
}

// The same for every seed: a report compares a case with its former runs by its name.
const heldName = 'no request fails while an instance is killed';
const recoveredName = 'the killed instance comes back by itself';
const provenName = 'the run proves it';

function nameOf(service: string): string {
  return `chaos kill ${service}`;
}

const unknown: JUnitOutcome = { kind: 'skipped', type: 'inconclusive', message: 'the run proves nothing' };

function outcome(found: JUnitOutcome | undefined): Pick<JUnitCase, 'outcome'> {
  return found === undefined ? {} : { outcome: found };
}

/** Not skipped: a pipeline that takes it for a success would rest on nothing. */
function inconclusive(reasons: readonly string[]): JUnitOutcome {
  return { kind: 'failure', type: 'inconclusive', message: reasons.join(', and ') };
}

function failureOfRequests({ requests, failures, replay }: KillReport): JUnitOutcome | undefined {
  const { failed, sent } = requests;
  if (failed === 0) return undefined;
  const lines = failures.map(
    ({ atMs, path, reason, requestId }) =>
      `${path} at ${atMs} ms: ${reason}${requestId === null ? '' : ` (request ${requestId})`}`,
  );
  const text = [...lines, `again: ${replay}`].join('\n');
  return { kind: 'failure', type: 'refuted', message: `${failed} of ${sent} requests failed`, text };
}

function failureOfRecovery(report: KillReport, timeoutMs: number): JUnitOutcome | undefined {
  const { target, recovery, replay, requests, verdict } = report;
  const { backMs } = recovery;
  // The figures are rounded: what refutes the hypothesis must not vanish in that.
  const isRefutedByIt = verdict === 'refuted' && requests.failed === 0;
  if (!isRefutedByIt && backMs !== null && backMs <= timeoutMs) return undefined;
  const message = `${target.instance} was not back within ${timeoutMs / 1000} s`;
  return { kind: 'failure', type: 'refuted', message, text: `again: ${replay}` };
}
