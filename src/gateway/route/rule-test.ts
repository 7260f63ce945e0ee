import type { Condition, Rule } from './rule.ts';

/** What of a request routes can ask for. */
export interface RoutedRequest {
  readonly authority: string | undefined;
  readonly method: string;
  /** In normal form. */
  readonly path: string;
  /** With its question mark; empty when there is none. */
  readonly query: string;
  readonly head: {
    /** Those that go on to services, name and value in turn. */
    readonly fields: readonly string[];
  };
}

/**
 * Holds one request at a time beside rules. Fields and query are taken apart once for each request, however many
 * rules ask, and not at all when none does.
 */
export class RuleTest {
  private request: RoutedRequest | undefined;
  private fields: ReadonlyMap<string, string> | undefined;
  private parameters: URLSearchParams | undefined;

  /** Takes the next request in place of the last. */
  begin(request: RoutedRequest): void {
    this.request = request;
    this.fields = undefined;
    this.parameters = undefined;
  }

  accepts({ methods, headers, query }: Rule<unknown>): boolean {
    const { request } = this;
    if (!request || (methods !== undefined && !methods.has(request.method))) return false;
    return this.hasFields(request, headers) && this.hasParameters(request, query);
  }

  private hasFields({ head }: RoutedRequest, conditions: readonly Condition[]): boolean {
    if (conditions.length === 0) return true;
    const fields = (this.fields ??= joinFields(head.fields));
    return conditions.every(([name, value]) => fields.get(name) === value);
  }

  private hasParameters({ query }: RoutedRequest, conditions: readonly Condition[]): boolean {
    if (conditions.length === 0) return true;
    const parameters = (this.parameters ??= new URLSearchParams(query));
    // The first, when there are several.
    return conditions.every(([name, value]) => parameters.get(name) === value);
  }
}

/** The lines of a field that is there more than once, together (RFC 9110, 5.3). */
function joinFields(fields: readonly string[]): ReadonlyMap<string, string> {
  const joined = new Map<string, string>();
  for (let index = 0; index < fields.length; index += 2) {
    const name = (fields[index] ?? '').toLowerCase();
    const value = fields[index + 1] ?? '';
    const known = joined.get(name);
    joined.set(name, known === undefined ? value : `${known}, ${value}`);
  }
  return joined;
}
