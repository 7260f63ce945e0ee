import type { OptionSpec } from './command.ts';

/** The parts of what an option spec writes as `-s, --long <value>`. */
export interface Flags {
  readonly short: string | undefined;
  readonly long: string | undefined;
  /** `<store>`, or undefined for a switch. */
  readonly value: string | undefined;
  /** The form to show and complete: the long one when there is one. */
  readonly name: string;
}

/** Takes the flags of an option apart. */
export function readFlags({ flags }: Pick<OptionSpec, 'flags'>): Flags {
  const short = /(?:^|\s)(-\w)\b/.exec(flags)?.[1];
  const long = /(?:^|\s)(--[\w-]+)/.exec(flags)?.[1];
  return { short, long, value: /[<[].*$/.exec(flags)?.[0], name: long ?? short ?? flags };
}
