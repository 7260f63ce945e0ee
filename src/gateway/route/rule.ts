import type { RouteMatch } from '../../protocol/route-match.ts';

/** One match of a route, in the form in which requests are compared with it. */
export interface Rule<T> {
  readonly route: T;
  /** Undefined: any. */
  readonly methods: ReadonlySet<string> | undefined;
  /** Names in lower case, each once. */
  readonly headers: readonly Condition[];
  readonly query: readonly Condition[];
  /** Nothing but the path is asked for. */
  readonly isPlain: boolean;
}

export type Condition = readonly [name: string, value: string];

export function compileRule<T>(route: T, { methods, headers, query }: RouteMatch): Rule<T> {
  // A name that is written twice counts once, the first time.
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(headers ?? {})) {
    const lower = name.toLowerCase();
    if (!fields.has(lower)) fields.set(lower, value);
  }
  const conditions = { headers: [...fields], query: Object.entries(query ?? {}) };
  const isPlain = methods === undefined && conditions.headers.length === 0 && conditions.query.length === 0;
  return { route, methods: methods && new Set(methods), ...conditions, isPlain };
}

/** Which of two rules for the same path is asked first: the one that asks for more. Zero leaves the order of the file. */
export function compareRules<T>(left: Rule<T>, right: Rule<T>): number {
  return (
    Number(right.methods !== undefined) - Number(left.methods !== undefined) ||
    right.headers.length - left.headers.length ||
    right.query.length - left.query.length
  );
}
