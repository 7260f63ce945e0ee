import type { Colors } from './colors.ts';

/** What a bug report says about the call that failed. */
export interface BugContext {
  readonly argv: readonly string[];
  /** Words of argv that may be shown: the names of commands. */
  readonly knownWords: ReadonlySet<string>;
  readonly version: string;
  readonly node: string;
  readonly platform: string;
}

/** The code of everything that msa did not expect; docs/errors.md has it apart from the table. */
export const bugCode = 'MSA_BUG';

/** An unexpected failure for people, ready to be pasted into a report. */
export function renderBug(error: unknown, { colors, ...context }: BugContext & { readonly colors: Colors }): string {
  return [
    `${colors.red('error:')} ${messageOf(error)} ${colors.dim(`(${bugCode})`)}`,
    '  This is a bug in msa, not something you did. Please report it with these lines:',
    ...environmentLines(context).map((line) => `    ${line}`),
  ].join('\n');
}

/** An unexpected failure for programs, in the form of every other error. */
export function describeBug(error: unknown, context: BugContext): object {
  const hint = 'This is a bug in msa: please report it, with what --debug prints.';
  return { code: bugCode, message: messageOf(error), hint, details: environmentLines(context), data: null };
}

function environmentLines({ argv, knownWords, version, node, platform }: BugContext): readonly string[] {
  return [`msa ${version}, node ${node}, ${platform}`, `msa ${withoutValues(argv, knownWords)}`.trimEnd()];
}

/** Values may be secret, names of commands and options are not. */
function withoutValues(argv: readonly string[], knownWords: ReadonlySet<string>): string {
  return argv
    .map((word) => (knownWords.has(word) ? word : (/^--?[a-zA-Z][\w-]*(?==|$)/.exec(word)?.[0] ?? '…')))
    .join(' ');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
