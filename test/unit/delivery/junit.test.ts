import { describe, expect, test } from 'vitest';

import { renderJUnit, type JUnitCase, type JUnitSuite } from '../../../src/delivery/junit.ts';
import { elementsOf, junitProblems, readXml } from '../../support/read-xml.ts';

function suiteOf(...cases: readonly JUnitCase[]): JUnitSuite {
  return { name: 'smoke test', startedAt: '2026-01-31T12:00:00.000Z', cases };
}

/** What a parser finds in the report of these cases. */
function read(...cases: readonly JUnitCase[]) {
  const text = renderJUnit([suiteOf(...cases)]);
  expect(junitProblems(text)).toBe('');
  return readXml(text);
}

test('a report looks like this', () => {
  const text = renderJUnit([
    suiteOf(
      { name: 'GET /', className: 'gateway', durationMs: 12.4 },
      {
        name: 'GET /orders',
        durationMs: 1500,
        output: 'two requests',
        outcome: { kind: 'failure', type: 'server error', message: '500 by orders-1', text: 'request 7' },
      },
      { name: 'GET /chat', outcome: { kind: 'skipped', type: 'not tried', message: 'WebSocket' } },
    ),
  ]);
  expect(junitProblems(text)).toBe('');
  expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1" errors="0" time="1.512">
  <testsuite name="smoke test" tests="3" failures="1" errors="0" skipped="1" time="1.512" timestamp="2026-01-31T12:00:00.000Z">
    <testcase classname="gateway" name="GET /" time="0.012"/>
    <testcase classname="smoke test" name="GET /orders" time="1.500">
      <failure type="server error" message="500 by orders-1">500 by orders-1
request 7</failure>
      <system-out>two requests</system-out>
    </testcase>
    <testcase classname="smoke test" name="GET /chat" time="0.000">
      <skipped type="not tried" message="WebSocket"/>
    </testcase>
  </testsuite>
</testsuites>
`);
});

test('nothing at all is a report too', () => {
  for (const suites of [[], [suiteOf()]]) {
    const text = renderJUnit(suites);
    expect(junitProblems(text)).toBe('');
    expect(readXml(text).attributes).toMatchObject({ tests: '0', failures: '0' });
  }
});

describe('what a text holds arrives', () => {
  test.each([
    'a < b && b > "c" and \'d\'',
    ']]> <![CDATA[ <!-- --> <?php &amp; &#0; %entity;',
    '</testcase></testsuite>',
    'two\nlines\tand a tab\r\n',
    ' blanks around ',
    'ä ß 日本 🦀 e\u0301 \u200e',
  ])('%j', (text) => {
    const outcome = { kind: 'failure', type: text, message: text } as const;
    const report = read({ name: text, className: text, output: text, outcome });
    const [testCase] = elementsOf(report, 'testcase');
    const [failure] = elementsOf(report, 'failure');
    expect(testCase?.attributes).toMatchObject({ name: text, classname: text });
    expect(failure).toMatchObject({ attributes: { type: text, message: text }, text });
    expect(elementsOf(report, 'system-out')[0]?.text).toBe(text);
  });

  test('except what XML cannot say', () => {
    const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('');
    const text = `${controls}\ud800 \udc00 \ufffe\uffff`;
    const [output] = elementsOf(read({ name: text, output: text }), 'system-out');
    const unsayable = '\ufffd';
    const seen = `${unsayable.repeat(9)}\t\n${unsayable.repeat(2)}\r${unsayable.repeat(18)}`;
    expect(output?.text).toBe(`${seen}${unsayable} ${unsayable} ${unsayable.repeat(2)}`);
  });
});

test('cases of one name stay several cases', () => {
  const cases = [{ name: 'GET /' }, { name: 'GET / (2)' }, { name: 'GET /' }, { name: 'GET /', className: 'other' }];
  const names = elementsOf(read(...cases), 'testcase').map(({ attributes }) => attributes['name']);
  expect(names).toEqual(['GET /', 'GET / (2)', 'GET / (3)', 'GET /']);
});

test('names that are cut to the same stay several cases', () => {
  const names = ['x', 'y'].map((middle) => `${'a'.repeat(400)}${middle}${'b'.repeat(400)}`);
  const found = elementsOf(read(...names.map((name) => ({ name }))), 'testcase').map(
    ({ attributes }) => attributes['name'],
  );
  expect(new Set(found).size).toBe(2);
});

test('long texts keep their beginning and their end, and no half of a character', () => {
  const output = `begin ${'🦀'.repeat(100_000)} end`;
  const [found] = elementsOf(read({ name: 'a', output }), 'system-out');
  expect(found?.text).toMatch(/^begin .* … \d+ characters left out … .* end$/su);
  expect(found?.text.length).toBeLessThan(70_000);
});

test('no report grows beyond what GitLab takes', () => {
  const text = '\r'.repeat(100_000);
  const outcome = { kind: 'failure', type: 'a', message: 'b', text } as const;
  const cases = Array.from({ length: 2000 }, (_, index) => ({ name: String(index), output: text, outcome }));
  expect(Buffer.byteLength(renderJUnit([suiteOf(...cases)]))).toBeLessThan(30_000_000);
});
