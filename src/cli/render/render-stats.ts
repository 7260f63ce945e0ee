import type { StatsReport, TargetRates } from '../../app/operate/rate-stats.ts';
import type { Colors } from '../terminal/colors.ts';
import { renderTable } from '../terminal/table.ts';

/** Routes, then calls between services, then who asks: what came, how it went and how long it took. */
export function renderStats(report: StatsReport, colors: Colors): string {
  const { seconds, targets, consumers, utilization, residentBytes } = report;
  const routes = targets.filter(({ kind }) => kind === 'route').map((target) => renderTarget(target, colors));
  const edges = targets.filter(({ kind }) => kind === 'edge').map((target) => renderTarget(target, colors));
  const columns = ['SERVICE', 'REQ/S', '4XX', 'FAILED', 'P50', 'P95', 'P99', 'IN FLIGHT', 'INCIDENTS'];
  const megabytes = Math.round(residentBytes / 1024 ** 2);
  return [
    colors.dim(
      `The last ${seconds.toFixed(1)} s · gateway ${Math.round(utilization * 100)} % busy, ${megabytes} MB of memory`,
    ),
    routes.length === 0 ? 'No route.' : renderTable(['ROUTE', ...columns], routes, colors),
    ...(edges.length === 0 ? [] : [renderTable(['CALL', ...columns], edges, colors)]),
    ...(consumers.length === 0 ? [] : [renderConsumers(report, colors)]),
  ].join('\n\n');
}

function renderTarget(target: TargetRates, colors: Colors): readonly string[] {
  const { name, service, perSecond, refusedShare, failedShare, p50, p95, p99, inFlight, incidents, circuit } = target;
  const isQuiet = perSecond === 0;
  const failed = renderShare(failedShare);
  return [
    name,
    service,
    isQuiet ? colors.dim('0') : perSecond.toFixed(1),
    isQuiet ? '' : renderShare(refusedShare),
    isQuiet ? '' : failedShare > 0 ? colors.red(failed) : failed,
    ...[p50, p95, p99].map((milliseconds) => renderTime(milliseconds, isQuiet)),
    inFlight === 0 ? '' : String(inFlight),
    [circuit && colors.red(`circuit ${circuit}`), colors.yellow(renderIncidents(incidents))].filter(Boolean).join(', '),
  ];
}

function renderConsumers({ consumers }: StatsReport, colors: Colors): string {
  const busiest = consumers.toSorted((left, right) => right.perSecond - left.perSecond).slice(0, 10);
  const rows = busiest.map(({ consumer, perSecond, requests, refused, failed }) => [
    consumer,
    perSecond.toFixed(1),
    String(requests),
    String(refused),
    failed > 0 ? colors.red(String(failed)) : '0',
  ]);
  return renderTable(['CONSUMER', 'REQ/S', 'ALL', '4XX', 'FAILED'], rows, colors);
}

function renderShare(share: number): string {
  if (share === 0) return '0';
  return share < 0.001 ? '<0.1%' : `${(share * 100).toFixed(1)}%`;
}

function renderTime(milliseconds: number | null, isQuiet: boolean): string {
  if (isQuiet) return '';
  if (milliseconds === null) return '>10 s';
  return milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : `${milliseconds.toFixed(0)} ms`;
}

function renderIncidents(incidents: TargetRates['incidents']): string {
  return Object.entries(incidents)
    .map(([kind, count]) => `${kind.replaceAll('_', ' ')} ${count}`)
    .join(', ');
}
