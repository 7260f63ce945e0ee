import type { KillReport } from '../../chaos/report.ts';
import type { Window } from '../../chaos/windows.ts';
import type { Colors } from '../terminal/colors.ts';
import { renderTable } from '../terminal/table.ts';
import { renderTimeline } from './render-timeline.ts';

/** The report for people: the verdict, what was seen over time, the figures, and how to see it again. */
export function renderKillReport(report: KillReport, colors: Colors): string {
  const parts = [
    renderVerdict(report, colors),
    renderTimeline(report, colors),
    renderWindows(report, colors),
    renderEvents(report, colors),
    renderFailures(report, colors),
    report.notes.map((note) => `${colors.yellow('note:')} ${note}`).join('\n'),
    colors.dim(`again: ${report.replay}`),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function renderVerdict({ verdict, reasons, target }: KillReport, colors: Colors): string {
  const paint = { held: colors.green, refuted: colors.red, inconclusive: colors.yellow }[verdict];
  return `${paint(colors.bold(verdict))}  ${target.instance} was killed under load: ${reasons.join(', and ')}`;
}

function renderWindows({ windows, target }: KillReport, colors: Colors): string {
  const named: readonly (readonly [string, Window | null])[] = [
    ['before the kill', windows.before],
    [`${target.instance} away`, windows.during],
    [`${target.instance} back`, windows.after],
  ];
  const rows = named.flatMap(([name, window]) => (window === null ? [] : [renderWindow(name, window, colors)]));
  const [name, ...figures] = ['', 'requests', 'failed', 'p50', 'p95', 'p99'];
  return renderTable([name ?? '', ...figures.map((heading) => heading.padStart(figureWidth))], rows, colors);
}

const figureWidth = 9;

function renderWindow(name: string, { sent, failed, latencyMs }: Window, colors: Colors): readonly string[] {
  const { p50, p95, p99 } = latencyMs;
  const figures = [
    String(sent),
    String(failed),
    ...[p50, p95, p99].map((ms) => (ms === null ? '-' : `${ms.toFixed(1)} ms`)),
  ];
  const [requests = '', failures = '', ...latencies] = figures.map((figure) => figure.padStart(figureWidth));
  return [name, requests, failed === 0 ? failures : colors.red(failures), ...latencies];
}

/** What became of the victim, in the order of time; what was not seen at the end, unless a note says it already. */
function renderEvents({ recovery, target }: KillReport, colors: Colors): string {
  const { detectedMs, restartedMs, restarts, upMs, firstAnswerMs, backMs, uncertaintyMs } = recovery;
  const isMissed = detectedMs === null && backMs !== null;
  const precision = uncertaintyMs < 10 ? '' : colors.dim(`, or up to ${seconds(uncertaintyMs)} later`);
  const times = restarts > 1 ? `, ${restarts} times by the end` : '';
  const events: readonly (readonly [atMs: number | null, what: string])[] = [
    [0, `${target.instance} killed${precision}`],
    ...(isMissed ? [] : ([[detectedMs, 'the registry saw it down']] as const)),
    [restartedMs, `the ${target.engine} engine had started it again${times}`],
    ...(isMissed ? [] : ([[upMs, 'the registry saw it up']] as const)),
    ...(target.isDirect ? ([[firstAnswerMs, 'it answered again']] as const) : []),
  ];
  return events
    .toSorted(([a], [b]) => (a ?? Infinity) - (b ?? Infinity))
    .map(([atMs, what]) =>
      atMs === null
        ? `${'-'.padStart(8)}  ${colors.dim(`not seen: ${what}`)}`
        : `${seconds(atMs).padStart(8)}  ${what}`,
    )
    .join('\n');
}

const shownReasons = 8;

/** Failures alike in one line, with when they happened and one to look up in the gateway's log. */
function renderFailures({ failures }: KillReport, colors: Colors): string {
  if (failures.length === 0) return '';
  const groups = new Map<string, { times: number; firstMs: number; lastMs: number; requestId: string | null }>();
  for (const { atMs, path, reason, requestId } of failures) {
    const known = groups.get(`${path}: ${reason}`);
    if (known === undefined) groups.set(`${path}: ${reason}`, { times: 1, firstMs: atMs, lastMs: atMs, requestId });
    else Object.assign(known, { times: known.times + 1, lastMs: atMs });
  }
  const lines = [...groups].slice(0, shownReasons).map(([reason, { times, firstMs, lastMs, requestId }]) => {
    const when = times === 1 ? seconds(firstMs) : `${seconds(firstMs)} to ${seconds(lastMs)}`;
    return `${colors.red(`${times}x`)}  ${reason}  ${colors.dim(`${when}${requestId === null ? '' : `, such as request ${requestId}`}`)}`;
  });
  const more = groups.size - lines.length;
  return [...lines, ...(more > 0 ? [colors.dim(`and ${more} more kinds of failure: --json lists them all`)] : [])].join(
    '\n',
  );
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
