import { MsaError } from '../model/errors.ts';
import type { CommandInput } from './command.ts';

/** The text of an option, or undefined when it was not given. */
export function textOption({ options }: CommandInput, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** Whether a switch was given. */
export function isSet({ options }: CommandInput, name: string): boolean {
  return options[name] === true;
}

/** The items of an option that takes a list; empty when it was not given. */
export function listOption(input: CommandInput, name: string): readonly string[] {
  const items = (textOption(input, name) ?? '').split(',').map((item) => item.trim());
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

/** The text of a required argument; main has refused the call when it is missing. */
export function textArgument({ args }: CommandInput, index: number): string {
  const value = args[index];
  if (typeof value !== 'string') throw new Error(`The command has no argument ${index}.`);
  return value;
}
