/** What programs that show test results read: GitHub's and GitLab's reports, Jenkins' `junit` step. */
export interface JUnitSuite {
  readonly name: string;
  /** ISO 8601. */
  readonly startedAt?: string;
  /** Left out: the sum of the cases. */
  readonly durationMs?: number;
  readonly cases: readonly JUnitCase[];
}

export interface JUnitCase {
  /** What was tested, in a few words; together with the class it is what a report knows the case by. */
  readonly name: string;
  /** Left out: the suite's name. GitLab shows it as the suite. */
  readonly className?: string;
  readonly durationMs?: number;
  /** Left out: it passed. */
  readonly outcome?: JUnitOutcome;
  /** What was seen, whatever came of it. */
  readonly output?: string;
}

export interface JUnitOutcome {
  readonly kind: 'failure' | 'skipped';
  /** A word by which failures are told apart. */
  readonly type: string;
  readonly message: string;
  readonly text?: string;
}

const maxName = 400;
const maxMessage = 4000;
const maxText = 64 * 1024;
/** GitLab takes no file of 30 MB or more, and an escaped character can have six bytes. */
const maxAllTexts = 4 * 1024 ** 2;

/** The suites as one document. Cases of the same name are told apart by a number, for readers keep the first of them only. */
export function renderJUnit(suites: readonly JUnitSuite[]): string {
  const cases = suites.flatMap((suite) => suite.cases);
  const textLimit = Math.min(maxText, Math.floor(maxAllTexts / (2 * Math.max(cases.length, 1))));
  const nextName = createNames();
  const { skipped: _skipped, ...totals } = countsOf(cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ ...totals, time: seconds(sum(suites.map(durationOf))) })}>`,
    ...suites.flatMap((suite) => renderSuite(suite, { textLimit, nextName })),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Rendering {
  /** Characters that one text may have. */
  readonly textLimit: number;
  /** A name that no case of this class has had. */
  readonly nextName: (className: string, name: string) => string;
}

function renderSuite(suite: JUnitSuite, rendering: Rendering): readonly string[] {
  const { name, startedAt, cases } = suite;
  const time = seconds(durationOf(suite));
  const opening = attributes({
    name: shortened(name, maxName),
    ...countsOf(cases),
    time,
    ...(startedAt === undefined ? {} : { timestamp: startedAt }),
  });
  return [`  <testsuite${opening}>`, ...cases.flatMap((each) => renderCase(each, name, rendering)), '  </testsuite>'];
}

function renderCase(each: JUnitCase, suite: string, { textLimit, nextName }: Rendering): readonly string[] {
  const { outcome, output = '', durationMs = 0 } = each;
  const classname = shortened(each.className ?? suite, maxName);
  const name = nextName(classname, shortened(each.name, maxName));
  const opening = `    <testcase${attributes({ classname, name, time: seconds(durationMs) })}`;
  const inner = [
    ...(outcome === undefined ? [] : [renderOutcome(outcome, textLimit)]),
    ...(output === '' ? [] : [`      <system-out>${escapeText(shortened(output, textLimit))}</system-out>`]),
  ];
  return inner.length === 0 ? [`${opening}/>`] : [`${opening}>`, ...inner, '    </testcase>'];
}

/** The message stands in the text too: of an attribute, some readers show nothing. */
function renderOutcome({ kind, type, message, text = '' }: JUnitOutcome, textLimit: number): string {
  const opening = `      <${kind}${attributes({ type, message: shortened(message, maxMessage) })}`;
  if (kind === 'skipped') return `${opening}/>`;
  const whole = text === '' ? message : `${message}\n${text}`;
  return `${opening}>${escapeText(shortened(whole, textLimit))}</${kind}>`;
}

function countsOf(cases: readonly JUnitCase[]): Readonly<Record<'tests' | 'failures' | 'errors' | 'skipped', number>> {
  const count = (kind: JUnitOutcome['kind']): number => cases.filter(({ outcome }) => outcome?.kind === kind).length;
  return { tests: cases.length, failures: count('failure'), errors: 0, skipped: count('skipped') };
}

function durationOf({ durationMs, cases }: JUnitSuite): number {
  return durationMs ?? sum(cases.map((each) => each.durationMs ?? 0));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** With a point and without an exponent, which is what readers take for a number. */
function seconds(milliseconds: number): string {
  return (Math.max(milliseconds, 0) / 1000).toFixed(3);
}

function createNames(): Rendering['nextName'] {
  const given = new Set<string>();
  return (className, name) => {
    for (let number = 1; ; number += 1) {
      const candidate = number === 1 ? name : `${name} (${number})`;
      const key = JSON.stringify([className, candidate]);
      if (given.has(key)) continue;
      given.add(key);
      return candidate;
    }
  };
}

/** The end of a long text says at least as much as its beginning. */
function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  return `${text.slice(0, half)} … ${text.length - 2 * half} characters left out … ${text.slice(-half)}`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeAttribute(String(value))}"`)
    .join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Unescaped, white space in an attribute is a blank to whoever reads it. */
function escapeAttribute(text: string): string {
  return withoutForbidden(text).replace(/[&<>"\t\n\r]/g, (character) => entities[character] ?? character);
}

/** Unescaped, a carriage return is a line feed to whoever reads it. */
function escapeText(text: string): string {
  return withoutForbidden(text).replace(/[&<>\r]/g, (character) => entities[character] ?? character);
}

/** XML 1.0 has no way to write most control characters, halves of surrogate pairs and two noncharacters. */
function withoutForbidden(text: string): string {
  return text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}');
}
