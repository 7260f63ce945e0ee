import type { Machine } from './answers.ts';
import { buildMachine, type Arrow } from './build-machine.ts';
import { kebabFrom, isKebabName } from '../words/names.ts';
import { parsed, problemAt, quoted, refused, type Parsed, type Problem } from './parsed.ts';
import { reservedRels, verbFor } from '../words/verbs.ts';

const longestText = 10_000;
const longestState = 30;

/** A state as it stands in the text, with the verb that leads there when the user gave one. */
interface Step {
  readonly state: string;
  readonly verb: string | undefined;
  readonly offset: number;
}

/**
 * Reads `created>paid>shipped, created>cancelled`, with a verb of the user's own after a colon: `created>paid:settle`. The
 * first state named is the initial one. `resource` stands in the titles. Tells every problem at once and never throws.
 */
export function parseStates(text: string, resource: string): Parsed<Machine> {
  if (text.length > longestText) {
    return refused([
      problemAt(longestText, `the states are longer than ${longestText} characters`, 'created>paid>shipped'),
    ]);
  }
  const chains = chainsIn(text);
  const problems = chains.flat().flatMap((step) => problemsOfStep(step));
  problems.push(...chains.flatMap((chain) => problemsOfFirst(chain[0])));
  if (chains.length === 0) problems.push(problemAt(0, 'there are no states', 'created>paid>shipped'));
  if (problems.length > 0) return refused(problems);
  const built = buildMachine({
    states: unique(chains.flat().map(({ state, offset }) => ({ state, offset }))),
    arrows: chains.flatMap((chain) => arrowsIn(chain)),
    resource,
  });
  return built.problems.length > 0 ? refused(built.problems) : parsed(built.machine);
}

function chainsIn(text: string): Step[][] {
  return [...text.matchAll(/[^,\n]+/g)]
    .filter(([chain]) => chain.trim() !== '')
    .map((match) =>
      [...match[0].matchAll(/[^>]+|(?<=>)(?=>|$)|^(?=>)/g)].map((step) => parseStep(step[0], match.index + step.index)),
    );
}

function parseStep(text: string, start: number): Step {
  const [state = '', ...verbs] = text.split(':');
  const offset = start + text.length - text.trimStart().length;
  return { state: state.trim(), verb: verbs.length === 0 ? undefined : verbs.join(':').trim(), offset };
}

function problemsOfStep({ state, verb, offset }: Step): Problem[] {
  const problems: Problem[] = [];
  if (state === '') {
    problems.push(problemAt(offset, 'a state is missing beside >', 'created>paid'));
  } else if (!isKebabName(state) || state === 'constructor') {
    const message = `${quoted(state)} is no state: states are kebab-case names, with > between them`;
    problems.push(problemAt(offset, message, proposalFor(state)));
  } else if (state.length > longestState) {
    problems.push(problemAt(offset, `${quoted(state)} is longer than ${longestState} characters`, 'paid'));
  }
  if (verb === undefined) return problems;
  const proposal = isKebabName(state) && state.length <= longestState ? verbFor(state) : 'pay';
  const example = `created>${isKebabName(state) ? state : 'paid'}:${proposal}`;
  if (reservedRels.has(verb)) {
    problems.push(problemAt(offset, `the relation ${quoted(verb)} means something else already`, example));
  } else if (!isKebabName(verb)) {
    problems.push(problemAt(offset, `${quoted(verb)} is no verb for a relation: it is a kebab-case name`, example));
  }
  return problems;
}

function proposalFor(state: string): string {
  const proposal = kebabFrom(state)?.slice(0, longestState).replace(/-$/, '');
  return proposal === undefined || proposal === 'constructor' ? 'paid' : proposal;
}

function problemsOfFirst(step: Step | undefined): Problem[] {
  if (step?.verb === undefined) return [];
  const message = `the verb ${quoted(step.verb)} stands after the state it leads to, and nothing leads to ${quoted(step.state)} here`;
  return [problemAt(step.offset, message, 'created>paid:pay')];
}

function arrowsIn(chain: readonly Step[]): Arrow[] {
  return chain.slice(1).map((step, index) => ({
    from: chain[index]?.state ?? '',
    to: step.state,
    verb: step.verb,
    offset: step.offset,
  }));
}

function unique(named: readonly { state: string; offset: number }[]): { state: string; offset: number }[] {
  return named.filter(({ state }, index) => named.findIndex((other) => other.state === state) === index);
}
