import type { MsaError } from '../../model/errors.ts';
import type { Deps } from '../deps.ts';

/** One option of a command, for parsing, help and completion alike. */
export interface OptionSpec {
  /** As commander takes it: `--store <store>`, `-n, --dry-run`. */
  readonly flags: string;
  readonly description: string;
  /** What main refuses everything else than; for a `list`, each of its items. */
  readonly choices?: readonly string[];
  /** May be given several times; the values arrive as an array. */
  readonly repeatable?: boolean;
  /** Items separated by commas; given again it adds to them. Arrives as one text with commas. */
  readonly list?: boolean;
  readonly completes?: Completion;
}

export interface ArgumentSpec {
  /** As commander takes it: `<name>`, `[dir]`, `[service...]`. */
  readonly usage: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly completes?: Completion;
}

/** What the shell offers for a value beyond fixed choices. */
export type Completion = 'services' | 'directories' | 'files';

export interface CommandInput {
  /** In the order of the command's arguments; an array for the last one when it ends in `...`. */
  readonly args: readonly (string | readonly string[] | undefined)[];
  /** By the long name in camel case, only what was given: `--dry-run` is `dryRun: true`. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a command gives back: `data` is printed with --json, `text` without. */
export interface CommandResult {
  /** Undefined when the command has written everything itself, as it came. */
  readonly data: object | undefined;
  readonly text: string;
  /** Left out: 0, or what `failure` ends with. */
  readonly exitCode?: number;
  /** For a command that failed and still has a result: printed after it, and with --json beside it as `error`. */
  readonly failure?: MsaError;
}

/** A command as data; its code is loaded when it runs. */
export interface CommandSpec {
  /** Words after `msa`: `new service`. */
  readonly name: string;
  readonly summary: string;
  /** Paragraphs below the usage line, for what the summary cannot say. */
  readonly details?: readonly string[];
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  readonly examples: readonly string[];
  /** With --json it writes any number of objects, one a line, and so does an error. */
  readonly jsonLines?: boolean;
  /**
   * What Ctrl-C means. Left out: stop and take back what was begun, which is announced. `end`: the usual way to end
   * the command, so nothing is said. `pass`: it is meant for the program that the command runs.
   */
  readonly onInterrupt?: 'end' | 'pass';
  readonly load: () => Promise<{ readonly run: (input: CommandInput, deps: Deps) => Promise<CommandResult> }>;
}
