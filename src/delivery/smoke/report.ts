import type { JUnitCase, JUnitSuite } from '../junit.ts';
import type { Judgement, SmokeOutcome } from './judge.ts';

/** One thing that was looked at. */
export interface SmokeCheck extends Judgement {
  readonly kind: 'health' | 'entry' | 'route' | 'link';
  /** `orders is healthy`, `GET /orders`, `GET /orders, link item`. */
  readonly name: string;
  readonly services: readonly string[];
  /** Undefined where nothing was asked for. */
  readonly url: string | undefined;
  readonly durationMs: number;
  /** Names the request in the gateway's log. */
  readonly requestId: string | undefined;
}

/** What `msa smoke --json` prints. */
export interface SmokeReport {
  readonly passed: boolean;
  readonly engine: string;
  readonly origin: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly counts: Readonly<Record<SmokeOutcome, number>>;
  readonly checks: readonly SmokeCheck[];
}

interface Run extends Pick<SmokeReport, 'engine' | 'origin' | 'startedAt' | 'durationMs'> {
  readonly checks: readonly SmokeCheck[];
}

export function createSmokeReport({ checks, ...run }: Run): SmokeReport {
  const count = (wanted: SmokeOutcome): number => checks.filter(({ outcome }) => outcome === wanted).length;
  const counts = {
    passed: count('passed'),
    guarded: count('guarded'),
    untried: count('untried'),
    failed: count('failed'),
  };
  return { passed: counts.failed === 0, ...run, counts, checks };
}

/** The report as test results. */
export function smokeSuite({ checks, startedAt, durationMs }: SmokeReport): JUnitSuite {
  return { name: 'smoke', startedAt, durationMs, cases: checks.map(caseOf) };
}

function caseOf({ name, services, outcome, reason, url, durationMs, requestId }: SmokeCheck): JUnitCase {
  const known = {
    name,
    className: ['smoke', ...(services.length === 0 ? ['gateway'] : services)].join('.'),
    durationMs,
    output: [
      `${outcome}: ${reason}`,
      ...(url === undefined ? [] : [`GET ${url}`]),
      ...(requestId === undefined ? [] : [`request ${requestId}`]),
    ].join('\n'),
  };
  if (outcome === 'failed') return { ...known, outcome: { kind: 'failure', type: 'smoke', message: reason } };
  if (outcome === 'untried') return { ...known, outcome: { kind: 'skipped', type: 'untried', message: reason } };
  return known;
}
