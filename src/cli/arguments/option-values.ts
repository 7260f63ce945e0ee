import { MsaError } from '../../model/errors.ts';
import { parseDurationMs } from '../../model/schema/quantities.ts';
import type { CommandInput } from './command.ts';

/** The text of an option, or undefined when it was not given. */
export function textOption({ options }: CommandInput, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** Every text of an option that may be given several times. */
export function textOptions({ options }: CommandInput, name: string): readonly string[] {
  return [options[name]].flat().filter((value) => typeof value === 'string');
}

/** Whether a switch was given. */
export function isSet({ options }: CommandInput, name: string): boolean {
  return options[name] === true;
}

/** The items of an option that takes a list; empty when it was not given. */
export function listOption(input: CommandInput, name: string): readonly string[] {
  return listItems(textOption(input, name) ?? '');
}

/** The items of a list as it is typed: each once, in their order. */
export function listItems(text: string): readonly string[] {
  const items = text.split(',').map((item) => item.trim());
  return [...new Set(items.filter((item) => item !== ''))];
}

/** The whole number of an option, or undefined when it was not given. */
export function countOption(
  input: CommandInput,
  name: string,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined {
  const text = textOption(input, name);
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= least && count <= most) return count;
  throw new MsaError('MSA_USAGE', `--${name}: ${JSON.stringify(text)} is no whole number from ${least} to ${most}`, {
    hint: `For example --${name} 2`,
  });
}

/** How many milliseconds an option asks for (`30s`), or undefined when it was not given. */
export function durationOption(input: CommandInput, name: string): number | undefined {
  const text = textOption(input, name);
  if (text === undefined) return undefined;
  const durationMs = parseDurationMs(text);
  if (durationMs > 0) return durationMs;
  throw new MsaError('MSA_USAGE', `--${name}: ${JSON.stringify(text)} is no duration`, {
    hint: `With its unit, such as --${name} 30s, 500ms or 2m`,
  });
}

/** The moment an option names, as a time (`2026-01-31T12:00:00Z`) or by how long it is ago (`10m`). */
export function momentOption(input: CommandInput, name: string, now: Date): Date | undefined {
  const text = textOption(input, name);
  if (text === undefined) return undefined;
  const agoMs = parseDurationMs(text);
  const moment = new Date(Number.isNaN(agoMs) && /^\d{4}-/.test(text) ? text : now.getTime() - agoMs);
  if (!Number.isNaN(moment.getTime())) return moment;
  throw new MsaError('MSA_USAGE', `--${name}: ${JSON.stringify(text)} is neither a time nor a duration`, {
    hint: `Such as --${name} 10m, or --${name} 2026-01-31T12:00:00Z`,
  });
}

/** The texts of the last argument from that index on, which may be given any number of times. */
export function textArguments({ args }: CommandInput, index: number): readonly string[] {
  return args.slice(index).flatMap((value) => value ?? []);
}

/** The text of a required argument; main has refused the call when it is missing. */
export function textArgument({ args }: CommandInput, index: number): string {
  const value = args[index];
  if (typeof value !== 'string') throw new Error(`The command has no argument ${index}.`);
  return value;
}
