import { reservedPlurals } from '../../../templates/rest/base/src/resource.ts';
import { storeNames, templateNames, type Machine, type ServiceAnswers } from './answers.ts';
import { parseName } from '../words/names.ts';
import { parseFields } from './parse-fields.ts';
import { parseStates } from './parse-states.ts';
import { parsed, refused, type Parsed, type Problem } from './parsed.ts';

/** What a user says about a new service, in the words of the command line. */
export interface ServiceChoices {
  readonly template: string;
  readonly name: string;
  readonly description: string;
  readonly resource: string;
  readonly plural: string;
  /** As in `item:string qty:int`; empty for none. */
  readonly fields: string;
  /** As in `created>paid>shipped, created>cancelled`; empty for a resource without states. */
  readonly states: string;
  readonly store: string;
  readonly calls: readonly string[];
  readonly example?: string;
}

/** A problem, and the option it came in with. */
export interface ChoiceProblem extends Problem {
  readonly option: string;
}

export type ResolvedChoices =
  | { readonly ok: true; readonly answers: ServiceAnswers }
  | { readonly ok: false; readonly problems: readonly ChoiceProblem[] };

/** Checks all choices at once and gives what they mean. */
export function resolveChoices(choices: ServiceChoices): ResolvedChoices {
  const problems: ChoiceProblem[] = [];
  const take = <Value>(option: string, result: Parsed<Value>): Value | undefined => {
    if (result.ok) return result.value;
    problems.push(...result.problems.map((problem) => Object.assign({ option }, problem)));
    return undefined;
  };
  const template = take('--template', oneOf(templateNames, choices.template));
  const name = take('<name>', parseName(choices.name, 'a service'));
  const description = take('--description', parseDescription(choices.description));
  const resource = take('--resource', parseName(choices.resource, 'a resource'));
  const plural = take('--plural', parsePlural(choices.plural));
  const fields = take('--fields', parseFields(choices.fields));
  const machine =
    choices.states.trim() === '' ? null : take<Machine>('--states', parseStates(choices.states, choices.resource));
  const store = take('--store', oneOf(storeNames, choices.store));
  // It becomes part of a path, and comes from a file that anybody may have written.
  const example = choices.example === undefined ? null : take('--example', parseName(choices.example, 'an example'));
  if (
    !template ||
    !name ||
    description === undefined ||
    !resource ||
    !plural ||
    !fields ||
    machine === undefined ||
    !store ||
    example === undefined
  ) {
    return { ok: false, problems };
  }
  const described = { name: resource, plural, fields, machine };
  return {
    ok: true,
    answers: Object.assign(
      { template, name, description, resource: described, store, calls: choices.calls },
      example === null ? {} : { example },
    ),
  };
}

function parsePlural(text: string): Parsed<string> {
  if (!reservedPlurals.includes(text)) return parseName(text, 'a plural');
  const message = `${JSON.stringify(text)} is an address that every service has already`;
  return refused([{ message, where: 'character 1', example: `${text}-entries` }]);
}

function oneOf<Value extends string>(allowed: readonly Value[], text: string): Parsed<Value> {
  const value = allowed.find((each) => each === text);
  if (value !== undefined) return parsed(value);
  const message = `${JSON.stringify(text)} is none of ${allowed.join(', ')}`;
  return refused([{ message, where: 'character 1', example: allowed[0] ?? '' }]);
}

const longestDescription = 200;

function parseDescription(text: string): Parsed<string> {
  const isPlain = !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);
  if (isPlain && text.length <= longestDescription) return parsed(text.trim());
  const message = isPlain ? `has more than ${longestDescription} characters` : 'is more than one line of plain text';
  return refused([{ message: `the description ${message}`, where: 'character 1', example: 'Takes and ships orders.' }]);
}
