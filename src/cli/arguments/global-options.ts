import type { OptionSpec } from './command.ts';

/** Options every command has, before or after its name. `--help` and `--version` end parsing where they stand. */
export const globalOptions: readonly OptionSpec[] = [
  {
    flags: '-C <dir>',
    description: 'Work in this directory, as git has it; given again, relative to the one before',
    completes: 'directories',
    repeatable: true,
  },
  { flags: '-y, --yes', description: 'Take the defaults and confirm, instead of asking' },
  { flags: '--json', description: 'Print the result, or the error, as one JSON object' },
  { flags: '-q, --quiet', description: 'No progress and no remarks, only the result' },
  { flags: '--color', description: 'Colours even where the output is no terminal' },
  { flags: '--no-color', description: 'No colours' },
  { flags: '--debug', description: 'Show the stack of an error' },
];

/** The two that commander handles itself, for help and completion. */
export const endingOptions: readonly OptionSpec[] = [
  { flags: '-h, --help', description: 'Show help' },
  { flags: '-V, --version', description: 'Show the version' },
];

/** What the global options of one call say. */
export interface GlobalFlags {
  readonly json: boolean;
  readonly yes: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
  /** Undefined: decide by the stream and the environment. */
  readonly color: boolean | undefined;
  /** Every `-C`, in the order given. */
  readonly directories: readonly string[];
}

/**
 * Reads the global flags of arguments that could not be parsed, so that even an error about them comes out in the form
 * that was asked for.
 */
export function scanGlobalFlags(argv: readonly string[]): GlobalFlags {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  const has = (...flags: readonly string[]): boolean => words.some((word) => flags.includes(word));
  const color = words.findLast((word) => word === '--color' || word === '--no-color');
  return {
    json: has('--json'),
    yes: has('-y', '--yes'),
    quiet: has('-q', '--quiet'),
    debug: has('--debug'),
    color: color === undefined ? undefined : color === '--color',
    directories: [],
  };
}
