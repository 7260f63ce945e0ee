import { describe, expect, it } from 'vitest';

import type { Machine } from '../../../../src/scaffold/answers/answers.ts';
import { parseStates } from '../../../../src/scaffold/answers/parse-states.ts';
import { renderProblems } from '../../../../src/scaffold/answers/parsed.ts';
import { reservedRels } from '../../../../src/scaffold/words/verbs.ts';
import { randomTexts } from '../random-texts.ts';

function machineOf(text: string): Machine {
  const result = parseStates(text, 'order');
  if (!result.ok) throw new Error(renderProblems(result.problems).join('\n'));
  return result.value;
}

/** `created,draft -pay-> paid /payments` for each transition. */
function linesOf(text: string): string[] {
  return machineOf(text).transitions.map(({ rel, from, to, path }) => `${from.join()} -${rel}-> ${to} /${path}`);
}

function problemsOf(text: string): string[] {
  const result = parseStates(text, 'order');
  return result.ok ? [] : renderProblems(result.problems);
}

describe('states', () => {
  it('give a machine that begins with the first one named', () => {
    expect(machineOf('created>paid>shipped, created>cancelled')).toEqual({
      initial: 'created',
      states: ['created', 'paid', 'shipped', 'cancelled'],
      transitions: [
        { rel: 'pay', from: ['created'], to: 'paid', path: 'payments', title: 'Pay this order' },
        { rel: 'ship', from: ['paid'], to: 'shipped', path: 'shipments', title: 'Ship this order' },
        { rel: 'cancel', from: ['created'], to: 'cancelled', path: 'cancellations', title: 'Cancel this order' },
      ],
    });
  });

  it('may be one alone', () => {
    expect(machineOf('open')).toEqual({ initial: 'open', states: ['open'], transitions: [] });
  });

  it('may lead in a circle', () => {
    expect(linesOf('draft>review>published, review>draft')).toEqual([
      'draft -review-> review /reviews',
      'review -publish-> published /publications',
      'review -return-to-draft-> draft /returns-to-draft',
    ]);
  });

  it('take a verb of the user after a colon, with blanks and lines where people like them', () => {
    expect(linesOf(' created > paid : settle > shipped:hand-over ,\n paid>refunded,')).toEqual([
      'created -settle-> paid /settlements',
      'paid -hand-over-> shipped /hand-overs',
      'paid -refund-> refunded /refunds',
    ]);
  });

  it('with the same verb and target are one transition', () => {
    expect(linesOf('created>paid>shipped, created>cancelled, paid>cancelled')).toContain(
      'created,paid -cancel-> cancelled /cancellations',
    );
  });

  it('whose derived verbs would be the same are told apart', () => {
    expect(linesOf('created>in-review>reviewed')).toEqual([
      'created -review-> in-review /reviews',
      'in-review -mark-reviewed-> reviewed /mark-reviewed-requests',
    ]);
    expect(linesOf('created>archived, created>closed:archive>created')).toEqual([
      'created -mark-archived-> archived /mark-archived-requests',
      'created -archive-> closed /archivals',
      'closed -recreate-> created /recreations',
    ]);
  });

  it('whose nouns would be the same get different paths', () => {
    expect(linesOf('created>completed, created>done')).toEqual([
      'created -complete-> completed /completions',
      'created -finish-> done /finish-requests',
    ]);
  });

  it('may be joined by two relations', () => {
    expect(linesOf('created>approved, created>approved:auto-approve')).toEqual([
      'created -approve-> approved /approvals',
      'created -auto-approve-> approved /auto-approvals',
    ]);
  });
});

describe('states are refused with place, reason and example:', () => {
  it.each([
    ['', 'character 1: there are no states (for example created>paid>shipped)'],
    ['created>', 'character 9: a state is missing beside > (for example created>paid)'],
    ['>paid', 'character 1: a state is missing beside > (for example created>paid)'],
    ['created>>paid', 'character 9: a state is missing beside > (for example created>paid)'],
    [
      'created>In Review',
      'character 9: "In Review" is no state: states are kebab-case names, with > between them (for example in-review)',
    ],
    [
      'created>in_review',
      'character 9: "in_review" is no state: states are kebab-case names, with > between them (for example in-review)',
    ],
    [
      'created->paid',
      'character 1: "created-" is no state: states are kebab-case names, with > between them (for example created)',
    ],
    [
      'created;paid',
      'character 1: "created;paid" is no state: states are kebab-case names, with > between them (for example created-paid)',
    ],
    [
      'a>constructor',
      'character 3: "constructor" is no state: states are kebab-case names, with > between them (for example paid)',
    ],
    ['a>b:', 'character 3: "" is no verb for a relation: it is a kebab-case name (for example created>b:mark-b)'],
    [
      'a>paid:Pay',
      'character 3: "Pay" is no verb for a relation: it is a kebab-case name (for example created>paid:pay)',
    ],
    ['a>paid:self', 'character 3: the relation "self" means something else already (for example created>paid:pay)'],
    [
      'created:create>paid',
      'character 1: the relation "create" means something else already (for example created>created:recreate)',
    ],
    [
      'created:begin>paid',
      'character 1: the verb "begin" stands after the state it leads to, and nothing leads to "created" here (for example created>paid:pay)',
    ],
    [
      'paid>paid',
      'character 6: "paid" leads to itself; a transition leads to another state (for example paid>paid-again)',
    ],
    [
      'created>paid>shipped, created>paid',
      'character 31: created>paid is there twice; each arrow is written once (for example created>paid)',
    ],
    [
      'created>paid:settle, created>closed:settle',
      'character 30: "settle" would lead to paid and to closed; a relation leads to one state (for example created>closed:mark-closed)',
    ],
    [
      'a>b>c, d>c',
      'character 8: "d" can never be reached: nothing leads there from "a", the initial state (for example a>d)',
    ],
    [
      'created, paid',
      'character 10: "paid" can never be reached: nothing leads out of "created", the initial state (for example created>paid)',
    ],
  ])('%s', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });

  it('more than fifty', () => {
    const text = Array.from({ length: 51 }, (_, index) => `s${index}`).join('>');
    expect(problemsOf(text)).toEqual([
      `character ${text.length - 2}: 51 states are too many; at most 50 (for example created>paid>shipped)`,
    ]);
  });

  it('a text without end', () => {
    expect(problemsOf('a>'.repeat(1_000_000))).toHaveLength(1);
  });
});

it('any text at all gives a machine that holds together, or problems', () => {
  const pieces = [
    'created',
    'paid',
    'in-review',
    'reviewed',
    'open',
    'opened',
    '>',
    '>',
    '>',
    ', ',
    ':',
    'pay',
    'é',
    '\0',
    '-',
  ];
  for (const text of randomTexts(5000, pieces)) {
    const result = parseStates(text, 'order');
    if (!result.ok) {
      expect(result.problems.length).toBeGreaterThan(0);
      continue;
    }
    const { states, transitions } = result.value;
    for (const key of ['rel', 'path'] as const) {
      expect(new Set(transitions.map((transition) => transition[key])).size).toBe(transitions.length);
    }
    for (const { rel, from, to, path } of transitions) {
      expect([rel, path].every((name) => /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) && !reservedRels.has(rel)).toBe(
        true,
      );
      expect([to, ...from].every((state) => states.includes(state)) && !from.includes(to)).toBe(true);
    }
  }
});
