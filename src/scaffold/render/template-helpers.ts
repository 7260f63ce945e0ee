/** Where a helper stands in its template; Handlebars hands it over with every call. */
export interface HelperCall {
  readonly loc?: { readonly start: { readonly line: number } };
}

/** A helper refused its argument; render adds the file. */
export class HelperError extends Error {
  readonly line: number | undefined;

  constructor(message: string, call: HelperCall) {
    super(message);
    this.name = 'HelperError';
    this.line = call.loc?.start.line;
  }
}

// Characters that end a line or are no text in YAML or JavaScript, and those that make code read other than it runs.
const unsafe = /[\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFFE\uFFFF]/g;

/** A literal that means the same in JavaScript, JSON and YAML, whatever the text says. */
export function jsonLiteral(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('</', String.raw`<\/`)
    .replaceAll(unsafe, unicodeEscape);
}

function unicodeEscape(character: string): string {
  return String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, '0');
}

/** The same as code of ours is formatted: single quotes, and blanks between the items of a list. Texts and lists only. */
export function jsLiteral(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => jsLiteral(item)).join(', ')}]`;
  const literal = jsonLiteral(value);
  // Formatters take the quotes that need fewer escapes.
  if (typeof value !== 'string' || value.includes("'")) return literal;
  return `'${literal.slice(1, -1).replaceAll(String.raw`\"`, '"')}'`;
}

/** Text as it may stand in a comment of any language, in Markdown and in a template literal: one harmless line. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/\p{Cc}+|\s+/gu, ' ')
    .replaceAll(unsafe, '')
    .replaceAll('*/', '* /')
    .replaceAll('/*', '/ *')
    .replaceAll('`', "'")
    .replaceAll('${', '$ {')
    .replaceAll(/<(?=[a-z/!?])/gi, '‹')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}

/** Text between double quotes in a Dockerfile or a shell script: one line in which nothing is expanded. */
export function dockerText(text: string): string {
  return oneLine(text).replaceAll(/["\\$]/g, String.raw`\$&`);
}

/** A text as one word of a POSIX shell. */
export function shellText(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A text as a literal of Groovy in which nothing is expanded. */
export function groovyText(text: string): string {
  return `'${groovyEscaped(text)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll("'", String.raw`\'`)}'`;
}

/** A shell script as a literal of Groovy: on one line, or as a block whose lines begin at the column given. */
export function groovyScript(text: string, column: number): string {
  if (!text.includes('\n')) return groovyText(text);
  const lines = groovyEscaped(text)
    .replaceAll("'''", String.raw`\'\'\'`)
    .split('\n');
  const body = lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line)).join('\n');
  return `'''\n${body}\n${' '.repeat(column - 4)}'''`;
}

function groovyEscaped(text: string): string {
  return text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\t', String.raw`\t`)
    .replaceAll('\r', String.raw`\r`)
    .replaceAll(unsafe, unicodeEscape);
}

/** Every line but the first moved to the right: for a block of YAML or Groovy that begins where the template says. */
export function indented(text: string, columns: number): string {
  return text.replaceAll(/\n(?!\n|$)/g, `\n${' '.repeat(columns)}`);
}

/**
 * The helpers of our templates. Strict mode does not look at the arguments of helpers, so a misspelt name would quietly
 * be nothing: each of them refuses undefined. `if` and `unless` take it, being what asks for an optional value.
 */
export const helpers = {
  json: (value: unknown, call: HelperCall) => jsonLiteral(given(value, 'json', call)),
  js: (value: unknown, call: HelperCall) => jsLiteral(given(value, 'js', call)),
  oneLine: (value: unknown, call: HelperCall) => oneLine(requireText(value, 'oneLine', call)),
  dockerText: (value: unknown, call: HelperCall) => dockerText(requireText(value, 'dockerText', call)),
  shell: (value: unknown, call: HelperCall) => shellText(requireText(value, 'shell', call)),
  urlPart: (value: unknown, call: HelperCall) => encodeURIComponent(requireText(value, 'urlPart', call)),
  groovy: (value: unknown, call: HelperCall) => groovyText(requireText(value, 'groovy', call)),
  script: (value: unknown, column: unknown, call: HelperCall) => {
    if (typeof column !== 'number') throw new HelperError('script: the second argument is not a number', call);
    return groovyScript(requireText(value, 'script', call), column);
  },
  block: (value: unknown, columns: unknown, call: HelperCall) => {
    if (typeof columns !== 'number') throw new HelperError('block: the second argument is not a number', call);
    return indented(requireText(value, 'block', call), columns);
  },
  eq: (left: unknown, right: unknown, call: HelperCall) => given(left, 'eq', call) === given(right, 'eq', call),
  includes: (list: unknown, value: unknown, call: HelperCall) => {
    if (!Array.isArray(list)) throw new HelperError('includes: the first argument is not a list', call);
    return list.includes(given(value, 'includes', call));
  },
} as const;

/**
 * How templates are compiled, when msa is built and when they are rendered alike. Nothing is escaped and nothing may be
 * missing: without strict mode a misspelt name is silently an empty text.
 */
export const compileOptions = {
  noEscape: true,
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: Object.fromEntries(
    ['each', 'if', 'unless', 'with', 'lookup', ...Object.keys(helpers)].map((name) => [name, true]),
  ),
};

/** Built-in block helpers that would pass over a misspelt name, and the check that makes them refuse it. */
export function checkList(value: unknown, call: HelperCall): void {
  if (!Array.isArray(value)) throw new HelperError('each: the argument is not a list', call);
}

function given(value: unknown, helper: string, call: HelperCall): unknown {
  if (value === undefined) throw new HelperError(`${helper}: the argument is not defined`, call);
  return value;
}

function requireText(value: unknown, helper: string, call: HelperCall): string {
  if (typeof value !== 'string') throw new HelperError(`${helper}: the argument is not a text`, call);
  return value;
}
