import type { z } from 'zod';

import { asMapping } from '../yaml/mapping.ts';
import type { Finding, Path } from '../problem.ts';
import { similarName } from '../similar-name.ts';
import { unknownKey } from './unknown-keys.ts';

/** Makes sentences of what the schema found wrong with a value. See schema-parts.ts for the half it starts from. */
export function explainIssue(issue: z.core.$ZodIssue, root: unknown): readonly Finding[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(' ');
    return issue.keys.map((key) => unknownKey(path, key, known));
  }
  const inside = issue.code === 'invalid_union' ? issuesInside(issue) : undefined;
  if (inside) return inside.flatMap((each) => explainIssue({ ...each, path: [...issue.path, ...each.path] }, root));
  const input = valueAt(root, path);
  if (input === undefined) return [missing(path, issue.message)];
  return [
    { path, message: `${subject(path)} ${issue.message}, ${butIs(input)}.`, hint: hintFor(path, input, issue.message) },
  ];
}

/** What is wrong further inside, when one form of several was meant: that says more than that none fits. */
function issuesInside({ errors }: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | undefined {
  return errors.find((issues) => issues.some(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'));
}

function missing(path: Path, must: string): Finding {
  if (path.length === 1 && path[0] === 'name') {
    return { path, message: 'The workspace has no `name`.', hint: 'Begin the file with one: `name: shop`.' };
  }
  return { path, at: 'key', message: `${subject(path)} is missing; it ${must}.` };
}

/** How a message calls a value: its key, for items of a list with the index. */
function subject(path: Path): string {
  const start = path.findLastIndex((step) => typeof step === 'string');
  const [key, ...indexes] = path.slice(Math.max(0, start));
  return `\`${key ?? ''}${indexes.map((index) => `[${index}]`).join('')}\``;
}

function butIs(input: unknown): string {
  if (input === null) return 'but has no value';
  if (Array.isArray(input)) return 'but is a list';
  if (typeof input === 'number') return `but is the number \`${input}\``;
  if (typeof input === 'boolean') return `but is \`${input}\``;
  if (typeof input !== 'string') return 'but is a mapping';
  if (input === '') return 'but is empty';
  // Without the word, `"2"` and `2` would look the same in the message.
  return /^(?:\d+(?:\.\d+)?|true|false)$/.test(input)
    ? `but is the text \`"${input}"\``
    : `but is \`${shorten(input)}\``;
}

function hintFor(path: Path, input: unknown, must: string): string | undefined {
  if (path.length === 1 && path[0] === 'name' && typeof input === 'string') return similarName(input);
  const scalar = typeof input === 'number' || typeof input === 'boolean';
  if (scalar && must === 'must be a text') return `Put it in quotes if it is meant: \`"${input}"\`.`;
  if (typeof input === 'string' && /^must be a (?:(?:whole )?number|port)\b/.test(must) && /^[\d.]+$/.test(input)) {
    return 'Remove the quotes.';
  }
  return undefined;
}

function shorten(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ');
  return line.length <= 60 ? line : `${line.slice(0, 57)}…`;
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    // The mappings of yaml-tree.ts have no prototype, so this never finds more than the file has.
    value = Array.isArray(value) ? value[Number(step)] : asMapping(value)?.[step];
  }
  return value;
}
