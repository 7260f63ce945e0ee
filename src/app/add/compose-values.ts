import { environmentVariables } from '../../protocol/environment.ts';

/** Anything a Compose file may hold; nothing of it is trusted to have the right shape. */
export type ComposeValue = unknown;

/** The mapping below a key; empty when there is none. */
export function recordIn(value: ComposeValue, key: string): Readonly<Record<string, ComposeValue>> {
  const found = entryOf(value, key);
  return isRecord(found) ? found : {};
}

/** The text or number below a key as text. */
export function textIn(value: ComposeValue, key: string): string | undefined {
  return textOf(entryOf(value, key));
}

/** The names below a key, which Compose allows as a list or as the keys of a mapping. */
export function namesIn(value: ComposeValue, key: string): readonly string[] {
  const found = entryOf(value, key);
  if (Array.isArray(found)) return found.filter((each) => typeof each === 'string');
  return isRecord(found) ? Object.keys(found) : [];
}

/** The paths below `env_file`: a text, a list of texts, or of `{ path, required }`. */
export function envFilesIn(service: ComposeValue): readonly string[] {
  const found = entryOf(service, 'env_file');
  return [found].flat().flatMap((each) => textOf(each) ?? textIn(each, 'path') ?? []);
}

/** Where the program listens inside its container: the first port of `ports` or `expose`. */
export function containerPort(service: ComposeValue): number | undefined {
  const ports = entryOf(service, 'ports') ?? entryOf(service, 'expose');
  const first: unknown = Array.isArray(ports) ? ports[0] : undefined;
  // `8080:80/tcp` publishes 80 as 8080.
  const [mapping] = textOf(first)?.split('/') ?? [];
  const text = isRecord(first) ? textIn(first, 'target') : mapping?.split(':').at(-1);
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
}

/** The path that the health check asks for, when it asks by HTTP. */
export function healthPath(service: ComposeValue): string | undefined {
  const test = entryOf(recordIn(service, 'healthcheck'), 'test');
  const command = Array.isArray(test) ? test.join(' ') : (textOf(test) ?? '');
  return /https?:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?(\/[\w./~%-]*)/.exec(command)?.[1];
}

const given: ReadonlySet<string> = new Set(Object.values(environmentVariables));

/** The environment, as far as it does not depend on the machine Compose runs on. */
export function environmentOf(service: ComposeValue): {
  readonly values: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
} {
  const pairs = environmentPairs(entryOf(service, 'environment'));
  const own = pairs.filter(([name]) => !given.has(name));
  const open = own.filter((pair) => !isFixed(pair)).map(([name]) => name);
  const ours = pairs.map(([name]) => name).filter((name) => given.has(name));
  return {
    values: Object.fromEntries(own.filter(isFixed).map(([name, value = '']) => [name, value.replaceAll('$$', '$')])),
    notes: [
      ...(open.length === 0 ? [] : [`set ${open.join(', ')} in an envFile: Compose takes them from the shell`]),
      ...(ours.length === 0 ? [] : [`${ours.join(', ')} ${ours.length === 1 ? 'comes' : 'come'} from msa itself`]),
    ],
  };
}

function isFixed([, value]: Pair): boolean {
  return value !== undefined && !/\$\{?\w/.test(value.replaceAll('$$', ''));
}

type Pair = readonly [name: string, value: string | undefined];

function environmentPairs(environment: ComposeValue): Pair[] {
  if (Array.isArray(environment)) {
    return environment
      .filter((each) => typeof each === 'string')
      .map((text): Pair => {
        const at = text.indexOf('=');
        return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
      });
  }
  if (!isRecord(environment)) return [];
  return Object.entries(environment).map(([name, value]): Pair => [name, textOf(value)]);
}

function textOf(value: ComposeValue): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function entryOf(value: ComposeValue, key: string): ComposeValue {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
