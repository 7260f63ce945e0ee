/** Files in which the supervisor keeps what instances write, and which msa reads: `orders-1.7.log`, the highest the latest. */
export function logFileName(instance: string, number: number): string {
  return `${instance}.${number}.log`;
}

/** The number in the name of a log file of an instance; undefined for everything else. */
export function logFileNumber(fileName: string, instance: string): number | undefined {
  const parsed = parseLogFileName(fileName);
  return parsed?.instance === instance ? parsed.number : undefined;
}

export function parseLogFileName(fileName: string): { readonly instance: string; readonly number: number } | undefined {
  const [, instance, number] = /^([a-z0-9-]+)\.(\d+)\.log$/.exec(fileName) ?? [];
  return instance === undefined ? undefined : { instance, number: Number(number) };
}

export type LogStream = 'stdout' | 'stderr';

const marks = { stdout: 'o', stderr: 'e' } as const;

/** What stands before the text of a line: its time and its stream. */
export function logPrefix(time: string, stream: LogStream): string {
  return `${time} ${marks[stream]} `;
}

/** A line of a log file in its parts; undefined for one that was not written whole. */
export function parseLogLine(
  line: string,
): { readonly time: string; readonly stream: LogStream; readonly text: string } | undefined {
  const [, time, mark, text] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ([oe]) (.*)$/s.exec(line) ?? [];
  if (time === undefined || text === undefined) return undefined;
  return { time, stream: mark === 'e' ? 'stderr' : 'stdout', text };
}
