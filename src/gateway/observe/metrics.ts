import { metricHelp } from './metric-help.ts';

export type Labels = Readonly<Record<string, string>>;
export type Sample = readonly [labels: Labels, value: number, suffix?: string];

/** `highest` and `lowest` are gauges of which several processes that are one gateway do not come to the sum. */
type Kind = 'counter' | 'gauge' | 'highest' | 'lowest' | 'histogram';

/** A metric with its values. */
export interface Family {
  readonly name: string;
  readonly kind: Kind;
  readonly samples: readonly Sample[];
}

/** One metric, as a list to be spread into a longer one. */
export function family(name: string, kind: Kind, samples: readonly Sample[]): [Family] {
  return [{ name, kind, samples }];
}

interface Buckets {
  /** Per bucket; the last one counts what is above all bounds. */
  readonly counts: Float64Array;
  readonly bounds: readonly number[];
  readonly sum: number;
}

/** The samples of a histogram. */
export function histogramSamples(labels: Labels, { counts, bounds, sum }: Buckets): readonly Sample[] {
  let count = 0;
  const buckets = Array.from(counts, (inBucket, index): Sample => {
    count += inBucket;
    return [{ ...labels, le: String(bounds[index] ?? '+Inf') }, count, '_bucket'];
  });
  return [...buckets, [labels, sum, '_sum'], [labels, count, '_count']];
}

/** The metrics of several processes as those of one. */
export function mergeMetrics(processes: readonly (readonly Family[])[]): Family[] {
  const merged = new Map<string, { family: Family; samples: Map<string, Sample> }>();
  for (const each of processes.flat()) {
    const known = merged.get(each.name) ?? { family: each, samples: new Map<string, Sample>() };
    merged.set(each.name, known);
    for (const [labels, value, suffix = ''] of each.samples) {
      const key = suffix + JSON.stringify(labels);
      const before = known.samples.get(key)?.[1];
      known.samples.set(key, [labels, before === undefined ? value : join(each.kind, before, value), suffix]);
    }
  }
  return Array.from(merged.values(), ({ family: each, samples }) => ({ ...each, samples: [...samples.values()] }));
}

/** Those that only grow, and so are true also of a process that has ended. */
export function countsOf(families: readonly Family[]): readonly Family[] {
  return families.filter(({ kind }) => kind === 'counter' || kind === 'histogram');
}

function join(kind: Kind, one: number, other: number): number {
  if (kind === 'highest') return Math.max(one, other);
  return kind === 'lowest' ? Math.min(one, other) : one + other;
}

/** Prometheus' text format. */
export function renderMetrics(families: readonly Family[]): string {
  const lines = families.flatMap(({ name, kind, samples }) => [
    ...renderHelp(name),
    `# TYPE ${name} ${kind === 'highest' || kind === 'lowest' ? 'gauge' : kind}`,
    ...samples.map((sample) => renderSample(name, sample)),
  ]);
  return `${lines.join('\n')}\n`;
}

function renderHelp(name: string): readonly string[] {
  const help = metricHelp.get(name);
  return help === undefined ? [] : [`# HELP ${name} ${help}`];
}

function renderSample(name: string, [labels, value, suffix = '']: Sample): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
  return `${name}${suffix}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', String.raw`\n`);
}
