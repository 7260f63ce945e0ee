import type { LogLine } from '../../ports/engine.ts';
import type { Colors } from '../terminal/colors.ts';

/** What is shown another way, or nobody reads. */
const silent = new Set(['level', 'time', 'timestamp', 'msg', 'message', 'pid', 'hostname']);

const pinoLevels: ReadonlyMap<unknown, string> = new Map([
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
  [60, 'fatal'],
]);

/**
 * A line of a log for people: JSON as pino and its kin write it becomes level, message and `name=value` without what the
 * instance says of itself; a stack stands on lines of its own. Any other line is left as it is.
 */
export function readableLog({ instance, text }: Pick<LogLine, 'instance' | 'text'>, colors: Colors): readonly string[] {
  const record = parseRecord(text);
  const message = record?.['msg'] ?? record?.['message'];
  if (record === undefined || typeof message !== 'string') return [text];
  const level = pinoLevels.get(record['level']) ?? record['level'];
  const own = new Set<unknown>([instance, instance.replace(/-\d+$/, '')]);
  const isNews = ([name, value]: [string, unknown]): boolean =>
    !silent.has(name) && !(own.has(value) && (name === 'instance' || name === 'service'));
  const fields = Object.entries(record).filter(isNews).toSorted(idsLast);
  const words = fields.map(([name, value]) => `${name}=${renderValue(value)}`).join(' ');
  const head = [
    typeof level === 'string' ? paintLevel(level, colors) : '',
    message,
    words === '' ? '' : colors.dim(words),
  ];
  const stacks = fields.flatMap(([, value]) => stackOf(value));
  return [head.filter((part) => part !== '').join(' '), ...stacks.map((line) => colors.dim(line))];
}

/** They are long, and looked for rather than read. */
function idsLast([left]: [string, unknown], [right]: [string, unknown]): number {
  return Number(left.endsWith('Id')) - Number(right.endsWith('Id'));
}

function parseRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  try {
    const record: Readonly<Record<string, unknown>> = JSON.parse(text);
    return record;
  } catch {
    return undefined;
  }
}

function renderValue(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  return stackOf(value).length > 0 ? JSON.stringify({ ...asObject(value), stack: undefined }) : JSON.stringify(value);
}

function stackOf(value: unknown): readonly string[] {
  const stack = asObject(value)['stack'];
  return typeof stack === 'string' ? stack.split('\n') : [];
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function paintLevel(level: string, colors: Colors): string {
  const text = level.toUpperCase().padEnd(5);
  if (/^(?:error|fatal)$/i.test(level)) return colors.red(text);
  return /^warn/i.test(level) ? colors.yellow(text) : colors.dim(text);
}
