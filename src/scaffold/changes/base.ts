import { parsed, refused, type Parsed } from '../answers/parsed.ts';
import type { ServiceChoices } from '../answers/choices.ts';

/*
 * `.msa/base/<unit>/` holds what was generated last for a service, or for the workspace itself. It is committed. The
 * files have names of their own there, so that no npm, git or test runner takes them for what they are copies of.
 */

/** The unit of the files that belong to no service; no service can have this name. */
export const workspaceUnit = '@workspace';

const suffix = '.base';
const format = 1;

/** The directory of a unit, relative to the workspace. */
export function unitDirectory(unit: string): string {
  return `.msa/base/${unit}`;
}

/** Where the copy of a generated file lies; both paths are relative, the second to the unit's own directory. */
export function basePath(unit: string, path: string): string {
  return `${unitDirectory(unit)}/files/${path}${suffix}`;
}

/** The generated file that a path below `.msa/base/<unit>/files` is the copy of, or undefined when it is none. */
export function originalPath(below: string): string | undefined {
  return below.endsWith(suffix) ? below.slice(0, -suffix.length) : undefined;
}

export function answersPath(unit: string): string {
  return `${unitDirectory(unit)}/answers.json`;
}

/** The choices as they are kept: in the words of the command line, so that reading them back checks them as it does. */
export function renderAnswers(choices: ServiceChoices, generatedBy: string): string {
  return `${JSON.stringify({ format, generatedBy, ...choices }, null, 2)}\n`;
}

/** Reads what renderAnswers wrote; a file from elsewhere may say anything. The values are checked by resolveChoices. */
export function parseAnswers(text: string): Parsed<ServiceChoices> {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null) return refuse('is not a JSON object');
  const record: Readonly<Record<string, unknown>> = { ...value };
  if (record['format'] !== format) {
    // Anything but a number may be too large or too deep to be shown.
    const found = typeof record['format'] === 'number' ? `format ${record['format']}` : 'no known format';
    return refuse(`has ${found}; this version reads ${format}`);
  }
  const { calls } = record;
  if (!Array.isArray(calls) || !calls.every((call) => typeof call === 'string')) return refuse('has no list of calls');
  if (!hasTexts(record)) {
    const missing = textKeys.find((key) => typeof record[key] !== 'string');
    return refuse(`has no text ${JSON.stringify(missing)}`);
  }
  const { template, name, description, resource, plural, fields, states, store, example } = record;
  const choices = { template, name, description, resource, plural, fields, states, store, calls };
  return parsed(typeof example === 'string' ? { ...choices, example } : choices);
}

function hasTexts(record: Readonly<Record<string, unknown>>): record is Texts & typeof record {
  return textKeys.every((key) => typeof record[key] === 'string');
}

/** What the workspace itself was made from. */
export interface WorkspaceAnswers {
  readonly example: string | undefined;
}

export function renderWorkspaceAnswers(answers: WorkspaceAnswers, generatedBy: string): string {
  return `${JSON.stringify({ format, generatedBy, ...answers }, null, 2)}\n`;
}

/** Reads what renderWorkspaceAnswers wrote; where that cannot be read, it was made from no example. */
export function parseWorkspaceAnswers(text: string | undefined): WorkspaceAnswers {
  const value = parseJson(text ?? '');
  const hasExample = typeof value === 'object' && value !== null && 'example' in value;
  return { example: hasExample && typeof value.example === 'string' ? value.example : undefined };
}

const textKeys = ['template', 'name', 'description', 'resource', 'plural', 'fields', 'states', 'store'] as const;
type Texts = Readonly<Record<(typeof textKeys)[number], string>>;

function refuse(message: string): Parsed<ServiceChoices> {
  const problem = { message, where: 'answers.json', example: `{ "format": ${format}, "template": "rest", … }` };
  return refused([problem]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
