import { MsaError } from '../../model/errors.ts';

export interface GitOutcome {
  readonly exitCode: number;
  readonly output: string;
  /** What git complained of, in its own words. */
  readonly complaint: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Enough for a large repository on a cold disk; nothing that msa asks takes longer. */
const timeoutMs = 120_000;

/** In a hook of git they name the repository of the hook, and its index, instead of the one asked about. */
const namesRepository = /^GIT_(DIR|WORK_TREE|COMMON_DIR|INDEX_FILE|PREFIX|NAMESPACE)$/;

const environment = {
  // The words that are looked for, and the order of names, are those of no language.
  LC_ALL: 'C',
  // Reading must not get in the way of the user's own git.
  GIT_OPTIONAL_LOCKS: '0',
  // A clone without all its objects fetches one where it needs it, perhaps from a server that wants a password.
  GIT_TERMINAL_PROMPT: '0',
};

/** Runs git in a folder, without a shell; undefined when there is no git on this machine. */
export async function runGit(env: Env, directory: string, argv: readonly string[]): Promise<GitOutcome | undefined> {
  const { execa } = await import('execa');
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !namesRepository.test(name)));
  const result = await execa('git', argv, {
    cwd: directory,
    env: { ...kept, ...environment },
    extendEnv: false,
    stdin: 'ignore',
    stripFinalNewline: false,
    timeout: timeoutMs,
    reject: false,
  });
  if (result.code === 'ENOENT') return undefined;
  if (result.exitCode === undefined) throw gitFailed(argv, result.shortMessage ?? 'it was ended');
  return { exitCode: result.exitCode, output: result.stdout, complaint: result.stderr.trim() };
}

/** The error for a call of git that should have succeeded. */
export function gitFailed(argv: readonly string[], complaint: string): MsaError {
  return new MsaError('MSA_GIT_FAILED', `git ${subcommand(argv)} failed: ${firstLine(complaint)}`, {
    details: complaint.split('\n').slice(1),
    ...hintFor(complaint),
  });
}

function subcommand(argv: readonly string[]): string {
  return argv.find((word, index) => !word.startsWith('-') && argv[index - 1] !== '-c') ?? '';
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/^(fatal|error): /, '');
}

/** git itself says what to do about a repository of somebody else, which is usual in containers. */
function hintFor(complaint: string): { readonly hint?: string } {
  const command = /git config --global --add safe\.directory .+/.exec(complaint)?.[0];
  return command === undefined ? {} : { hint: command };
}
