import type { GatewayStats, TargetCounts } from '../../protocol/stats.ts';

/** What the gateway has counted, as a page that draws itself anew every few seconds. */
export function renderPage({ at, targets, instances, consumers, utilization, residentBytes }: GatewayStats): string {
  const rows = (kind: TargetCounts['kind']): string[][] =>
    targets.filter((target) => target.kind === kind).map((target) => targetCells(target));
  const columns = ['service', 'in flight', '2xx', '3xx', '4xx', '5xx', 'no answer', 'incidents'];
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>Gateway</title><style>body{font:15px system-ui;margin:2rem}table{border-collapse:collapse;margin:1rem 0}
td,th{padding:.25rem .75rem;border-bottom:1px solid #ddd;text-align:left}</style></head><body><h1>Gateway</h1>
<p>${escape(at)} · ${Math.round(utilization * 100)} % busy · ${Math.round(residentBytes / 1024 ** 2)} MB</p>
${table(['route', ...columns], rows('route'))}${table(['call', ...columns], rows('edge'))}
${table(
  ['instance', 'service', 'in flight', 'taken out'],
  instances.map(({ instance, service, inFlight, ejections }) => [instance, service, inFlight, ejections].map(String)),
)}${table(
    ['consumer', 'requests', 'refused', 'failed'],
    consumers.map(({ consumer, requests, refused, failed }) => [consumer, requests, refused, failed].map(String)),
  )}<p><a href="/status">status</a> <a href="/metrics">metrics</a></p></body></html>\n`;
}

function targetCells({ name, service, inFlight, answers, incidents }: TargetCounts): string[] {
  const counts = ['2xx', '3xx', '4xx', '5xx', 'none'].map((status) => answers[status] ?? 0);
  const told = Object.entries(incidents).map(([kind, count]) => `${kind} ${count}`);
  return [name, service, ...[inFlight, ...counts].map(String), told.join(', ')];
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return `<table>${row(headings, 'th')}${rows.map((cells) => row(cells, 'td')).join('')}</table>`;
}

function row(cells: readonly string[], tag: 'th' | 'td'): string {
  return `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
