/** How much a route may ask of a request. */
export const matchLimits = { hosts: 64, matches: 64, methods: 32, nameCharacters: 100 } as const;

/** Which requests a route takes; each condition that is there must hold. */
export interface RouteMatch {
  /** Without a slash at the end, unless it is `/` or exact. */
  readonly path: string;
  /** Only this path; without it, everything below is taken too. */
  readonly exact?: boolean;
  /** Any of them. */
  readonly methods?: readonly string[];
  /** By name in lower case: the whole value. */
  readonly headers?: Readonly<Record<string, string>>;
  /** By name: the first value. */
  readonly query?: Readonly<Record<string, string>>;
}

/** What a route says of the requests it takes. */
export interface RouteMatches {
  /** Of the first match. */
  readonly path: string;
  /** Without it, all. `*.example.com` stands for every host below `example.com`. */
  readonly hosts?: readonly string[];
  /** Any of them; without it, the path with everything below it. */
  readonly matches?: readonly RouteMatch[];
}

export function matchesOf({ path, matches }: RouteMatches): readonly RouteMatch[] {
  return matches ?? [{ path }];
}

/**
 * A route in a word, for lists and counters: `GET api.example.com/orders`. Values of header fields are left out, since
 * counters are read by many.
 */
export function nameRoute(route: RouteMatches): string {
  const { hosts = [] } = route;
  const [first, ...others] = matchesOf(route).map((match) => describeMatch(match, hosts, keysOnly));
  return `${first ?? ''}${others.length > 0 ? ` and ${others.length} more` : ''}`;
}

/** A match in full, for whoever may read `msa.yaml`. */
export function showMatch(match: RouteMatch, hosts: readonly string[] = []): string {
  return describeMatch(match, hosts, (name, value) => `${name}=${value}`);
}

type ShowCondition = (name: string, value: string) => string;

const keysOnly: ShowCondition = (name) => name;

function describeMatch(match: RouteMatch, hosts: readonly string[], show: ShowCondition): string {
  const { path, exact, methods = [], headers = {}, query = {} } = match;
  const list = (conditions: Readonly<Record<string, string>>): string[] =>
    Object.entries(conditions).map(([name, value]) => show(name, value));
  return [
    ...(methods.length > 0 ? [methods.join(',')] : []),
    `${hosts.join(',')}${exact ? '=' : ''}${path}`,
    ...list(headers).map((text) => `[${text}]`),
    ...list(query).map((text) => `?${text}`),
  ].join(' ');
}
