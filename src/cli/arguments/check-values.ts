import { closest } from '../../model/closest.ts';
import { MsaError } from '../../model/errors.ts';
import type { ArgumentSpec, CommandInput, CommandSpec, OptionSpec } from './command.ts';
import { readFlags } from './flags.ts';
import { endingOptions, globalOptions } from './global-options.ts';

/** Refuses values outside the choices of their option or argument, and options that swallowed the one after them. */
export function checkValues(spec: CommandSpec, { args, options }: CommandInput): void {
  const hint = `msa ${spec.name} --help`;
  const flags = [...(spec.options ?? []), ...globalOptions, ...endingOptions].map((option) => readFlags(option));
  const taken = new Set(flags.flatMap(({ short, long }) => [short, long]));
  for (const option of spec.options ?? []) {
    for (const value of givenValues(option, options)) {
      const { name, value: placeholder } = readFlags(option);
      if (taken.has(value)) throw new MsaError('MSA_USAGE', `${name} needs a value: ${name} ${placeholder}`, { hint });
      checkChoice(value, { name, choices: option.choices, hint });
    }
  }
  for (const [index, argument] of (spec.arguments ?? []).entries()) {
    for (const value of [args[index] ?? []].flat()) {
      checkChoice(value, { name: argument.usage, choices: argument.choices, hint });
    }
  }
}

function givenValues(option: OptionSpec, options: CommandInput['options']): readonly string[] {
  const value = options[attributeOf(option)];
  const values = [value].flat().filter((item) => typeof item === 'string');
  return option.list ? values.flatMap((item) => item.split(',')) : values;
}

function attributeOf(option: OptionSpec): string {
  const name = readFlags(option).name.replace(/^--?(?:no-)?/, '');
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

interface Choice {
  readonly name: string;
  readonly choices: ArgumentSpec['choices'];
  readonly hint: string;
}

function checkChoice(value: string, { name, choices, hint }: Choice): void {
  if (choices === undefined || choices.includes(value)) return;
  const meant = closest(value, choices);
  const question = meant === undefined ? '' : `; did you mean ${meant}?`;
  throw new MsaError('MSA_USAGE', `${name} cannot be '${value}'${question}`, {
    details: [`One of: ${choices.join(', ')}`],
    data: { value, choices },
    hint,
  });
}
