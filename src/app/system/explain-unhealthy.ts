import { MsaError } from '../../model/errors.ts';
import type { Engine, LogLine } from '../../ports/engine.ts';
import type { StopSignal } from '../../ports/stop-signal.ts';

/** What is wrong with an instance, in a sentence that names it. */
export interface Trouble {
  readonly instance: string;
  readonly what: string;
}

const shownLines = 10;

/** The error for an instance that is not healthy: what the engine finds out by looking at it, and the end of its log. */
export async function explainUnhealthy(engine: Engine, trouble: Trouble, signal: StopSignal): Promise<MsaError> {
  const { instance, what } = trouble;
  const [seen, log] = await Promise.all([
    engine.diagnose(instance).catch(() => []),
    readEnd(engine, instance, signal).catch(() => []),
  ]);
  const [service = instance] = instance.split(/-\d+$/);
  return new MsaError('MSA_UNHEALTHY', what, {
    details: [
      ...seen.filter((sentence) => !what.includes(sentence.replace(/^it /, ''))),
      ...(log.length === 0 ? [] : ['The last lines of its log:', ...log.map(({ text }) => `| ${text}`)]),
    ],
    hint: `msa logs ${service}`,
    data: { instance, seen, log: log.map(({ text }) => text) },
  });
}

async function readEnd({ logs }: Engine, instance: string, signal: StopSignal): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  const query = { instances: [instance], tail: shownLines, since: undefined, follow: false, signal };
  for await (const line of logs(query)) lines.push(line);
  return lines.slice(-shownLines);
}
