/** What is wrong with a line of an env file. */
interface EnvFileProblem {
  readonly line: number;
  readonly message: string;
}

export interface EnvFile {
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly EnvFileProblem[];
}

const assignment = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/s;

/**
 * Reads `NAME=value` lines: empty lines and `#` comments are skipped, `export` may stand before, a value may be in
 * quotes. Double quotes know \n, \r, \t, \", \\ and \$; single quotes know nothing; both may span lines. Nothing is
 * expanded: `$HOME` stays `$HOME`.
 */
export function parseEnvFile(text: string): EnvFile {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const values: Record<string, string> = {};
  const problems: EnvFileProblem[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, name, rest = ''] = assignment.exec(line) ?? [];
    if (name === undefined || name === '__proto__') {
      problems.push({ line: at + 1, message: 'is no `NAME=value` with a name of letters, digits and `_`' });
      continue;
    }
    const value = readValue(rest, lines, at);
    if (value.problem === undefined) values[name] = value.text;
    else problems.push({ line: at + 1, message: value.problem });
    at = value.lastLine;
  }
  return { values, problems };
}

interface Value {
  readonly text: string;
  readonly lastLine: number;
  readonly problem?: string;
}

function readValue(rest: string, lines: readonly string[], at: number): Value {
  const quote = rest[0];
  if (quote !== '"' && quote !== "'") return { text: rest.replace(/(?:^|\s+)#.*$/, ''), lastLine: at };
  let body = rest.slice(1);
  for (let lastLine = at; lastLine < lines.length;) {
    const end = endOfQuoted(body, quote);
    if (end !== undefined) return closed(body, { quote, end, lastLine });
    lastLine += 1;
    body += `\n${lines[lastLine] ?? ''}`;
  }
  return { text: '', lastLine: at, problem: `begins with ${quote}, which nothing closes` };
}

function closed(
  body: string,
  { quote, end, lastLine }: { readonly quote: string; readonly end: number; readonly lastLine: number },
): Value {
  const text = quote === '"' ? unescaped(body.slice(0, end)) : body.slice(0, end);
  const isClean = /^\s*(?:#.*)?$/.test(body.slice(end + 1));
  return isClean ? { text, lastLine } : { text, lastLine, problem: `has text behind the closing ${quote}` };
}

/** Where the closing quote stands. */
function endOfQuoted(body: string, quote: string): number | undefined {
  const pattern = quote === '"' ? /^(?:[^"\\]|\\.)*"/s : /^[^']*'/;
  const found = pattern.exec(body);
  return found === null ? undefined : found[0].length - 1;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unescaped(text: string): string {
  return text.replaceAll(/\\([nrt"\\$])/g, (_, letter: string) => escapes[letter] ?? letter);
}
