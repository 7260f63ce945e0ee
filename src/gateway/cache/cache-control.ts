/** The directives of a `Cache-Control` field by their names in lower case, each with its argument if it has one. */
export type Directives = ReadonlyMap<string, string | true>;

const none: Directives = new Map();
const tokenChars = /^[!#$%&'*+\-.^_`|~\w]+$/;
/** RFC 9111, 1.2.2: what is larger counts as this. */
const maxSeconds = 2 ** 31;

/** Reads `Cache-Control` of a request or an answer. What is no directive is skipped. */
export function parseCacheControl(value: string | undefined): Directives {
  if (value === undefined || value === '') return none;
  const directives = new Map<string, string | true>();
  for (const element of splitList(value)) {
    const equals = element.indexOf('=');
    const name = (equals < 0 ? element : element.slice(0, equals)).trim().toLowerCase();
    if (!tokenChars.test(name)) continue;
    const argument = equals < 0 ? true : unquote(element.slice(equals + 1).trim());
    const known = directives.get(name);
    // What is said twice and differently can mean nothing.
    directives.set(name, known === undefined || known === argument ? argument : '');
  }
  return directives;
}

/** The elements of a list, whose commas may stand in quotes. */
export function splitList(value: string): string[] {
  const elements: string[] = [];
  let start = 0;
  let quoted = false;
  for (let index = 0; index < value.length; index += 1) {
    const char = value[index];
    if (quoted && char === '\\') index += 1;
    else if (char === '"') quoted = !quoted;
    else if (char === ',' && !quoted) {
      elements.push(value.slice(start, index).trim());
      start = index + 1;
    }
  }
  elements.push(value.slice(start).trim());
  return elements.filter((element) => element !== '');
}

function unquote(argument: string): string {
  if (argument.length < 2 || !argument.startsWith('"') || !argument.endsWith('"')) return argument;
  return argument.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}

/** The seconds a directive tells; 0 when they cannot be read (RFC 9111, 4.2.1), undefined when it is not there. */
export function secondsOf(directives: Directives, name: string): number | undefined {
  const argument = directives.get(name);
  if (argument === undefined) return undefined;
  return argument === true ? 0 : (parseSeconds(argument) ?? 0);
}

/** A number of seconds as HTTP writes them. */
export function parseSeconds(text: string): number | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  return Math.min(Number(text), maxSeconds);
}

/** The fields that a qualified `no-cache` or `private` names; undefined when it is unqualified and concerns all of the answer. */
export function namedFields(directives: Directives, name: string): readonly string[] | undefined {
  const argument = directives.get(name);
  if (argument === undefined) return [];
  if (argument === true) return undefined;
  const names = argument.split(',').map((each) => each.trim().toLowerCase());
  return names.every((each) => tokenChars.test(each)) ? names : undefined;
}
