import type { Machine, Transition } from './answers.ts';
import { wordsOf } from '../words/names.ts';
import { nounFor, requestsFor } from '../words/nouns.ts';
import { problemAt, quoted, type Problem } from './parsed.ts';
import { markVerbFor, titleOfRel, verbFor } from '../words/verbs.ts';

const mostStates = 50;

/** One `>` of the text. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** As the user gave it. */
  readonly verb: string | undefined;
  readonly offset: number;
}

export interface MachineParts {
  /** In order of appearance, each once; the first is the initial one. */
  readonly states: readonly { readonly state: string; readonly offset: number }[];
  readonly arrows: readonly Arrow[];
  readonly resource: string;
}

/**
 * Gives every arrow its relation, path and title. A relation always has one target: where two targets would get the same
 * derived verb the later one gets `mark-<state>`, and where the user gave one verb to two targets that is a problem.
 */
export function buildMachine({ states, arrows, resource }: MachineParts): { machine: Machine; problems: Problem[] } {
  const names = states.map(({ state }) => state);
  const problems = [...findTooMany(states), ...findLoops(arrows), ...findUnreachable(states, arrows)];
  const targets = explicitTargets(arrows, problems);
  const transitions: Transition[] = [];
  for (const arrow of arrows) {
    const rel = arrow.verb ?? derivedRel(arrow, targets, problems);
    addArrow({ transitions, arrow, rel, resource }, problems);
  }
  return { machine: { initial: names[0] ?? '', states: names, transitions }, problems };
}

/** Which state each verb of the user's leads to; they go before derived ones. */
function explicitTargets(arrows: readonly Arrow[], problems: Problem[]): Map<string, string> {
  const targets = new Map<string, string>();
  for (const { from, to, verb, offset } of arrows) {
    if (verb === undefined) continue;
    const other = targets.get(verb);
    if (other === undefined) targets.set(verb, to);
    else if (other !== to) {
      const message = `${quoted(verb)} would lead to ${other} and to ${to}; a relation leads to one state`;
      problems.push(problemAt(offset, message, `${from}>${to}:${markVerbFor(to)}`));
    }
  }
  return targets;
}

function derivedRel({ from, to, offset }: Arrow, targets: Map<string, string>, problems: Problem[]): string {
  const rel = [verbFor(to), markVerbFor(to)].find((verb) => (targets.get(verb) ?? to) === to);
  if (rel === undefined) {
    const message = `no verb is left for the way to ${quoted(to)}; give it one of its own`;
    problems.push(problemAt(offset, message, `${from}>${to}:go-to-${to}`));
  }
  targets.set(rel ?? `go-to-${to}`, to);
  return rel ?? `go-to-${to}`;
}

interface Adding {
  readonly transitions: Transition[];
  readonly arrow: Arrow;
  readonly rel: string;
  readonly resource: string;
}

function addArrow({ transitions, arrow, rel, resource }: Adding, problems: Problem[]): void {
  const { from, to, offset } = arrow;
  const index = transitions.findIndex((transition) => transition.rel === rel);
  const known = transitions[index];
  if (known?.from.includes(from)) {
    problems.push(problemAt(offset, `${from}>${to} is there twice; each arrow is written once`, `created>${to}`));
  } else if (known === undefined) {
    const taken = transitions.some(({ path }) => path === nounFor(rel));
    const path = taken ? requestsFor(rel) : nounFor(rel);
    transitions.push({ rel, from: [from], to, path, title: titleOfRel(rel, wordsOf(resource)) });
  } else transitions[index] = { ...known, from: [...known.from, from] };
}

function findTooMany(states: MachineParts['states']): Problem[] {
  const extra = states[mostStates];
  if (extra === undefined) return [];
  return [
    problemAt(extra.offset, `${states.length} states are too many; at most ${mostStates}`, 'created>paid>shipped'),
  ];
}

/** A link whose following changes nothing would be no transition; fields are changed through `edit`. */
function findLoops(arrows: readonly Arrow[]): Problem[] {
  return arrows
    .filter(({ from, to }) => from === to)
    .map(({ from, offset }) =>
      problemAt(
        offset,
        `${quoted(from)} leads to itself; a transition leads to another state`,
        `${from}>${from}-again`,
      ),
    );
}

function findUnreachable(states: MachineParts['states'], arrows: readonly Arrow[]): Problem[] {
  const initial = states[0]?.state ?? '';
  const reached = new Set([initial]);
  // A set grows while it is walked: each state that is reached is looked at once.
  for (const state of reached) for (const { from, to } of arrows) if (from === state) reached.add(to);
  return states
    .filter(({ state }) => !reached.has(state))
    .map(({ state, offset }) => {
      const why =
        reached.size === 1
          ? `nothing leads out of ${quoted(initial)}, the initial state`
          : `nothing leads there from ${quoted(initial)}, the initial state`;
      return problemAt(offset, `${quoted(state)} can never be reached: ${why}`, `${initial}>${state}`);
    });
}
