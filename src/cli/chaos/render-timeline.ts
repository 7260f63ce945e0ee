import type { KillReport } from '../../chaos/report.ts';
import type { Colors } from '../terminal/colors.ts';

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const nothing = '·';

/** Answers per instance as bars over time, failures below them, the kill marked above. */
export function renderTimeline({ timeline, target, windows }: KillReport, colors: Colors): string {
  const { answers, failed, fromMs, stepMs } = timeline;
  const width = Math.max('failed'.length, ...answers.map(({ instance }) => instance.length));
  const most = Math.max(1, ...answers.flatMap(({ counts }) => counts));
  const rows = answers.map(({ instance, counts }) => {
    const paint = instance === target.instance ? colors.cyan : (text: string): string => text;
    return `${instance.padEnd(width)}  ${counts.map((count) => (count === 0 ? nothing : paint(bar(count, most)))).join('')}`;
  });
  const misses = failed.map((count) => (count === 0 ? nothing : colors.red('×'))).join('');
  const killedAt = Math.round(-fromMs / stepMs);
  const axis = `${' '.repeat(killedAt)}↓ killed`;
  const span = `${seconds(windows.before.fromMs)} to ${seconds((windows.after ?? windows.during).toMs)}, ${stepMs} ms each`;
  return [
    `${' '.repeat(width)}  ${axis}`,
    ...rows,
    ...(failed.some((count) => count > 0) ? [`${'failed'.padEnd(width)}  ${misses}`] : []),
    `${' '.repeat(width)}  ${colors.dim(span)}`,
  ].join('\n');
}

function bar(count: number, most: number): string {
  return bars[Math.ceil((count / most) * bars.length) - 1] ?? bars[0];
}

function seconds(ms: number): string {
  return `${ms < 0 ? '' : '+'}${(ms / 1000).toFixed(1)} s`;
}
