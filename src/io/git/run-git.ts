import { spawn } from 'node:child_process';

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

/**
 * Runs git in a folder, without a shell; undefined when there is no git on this machine. By Node's own means: to load
 * execa would take longer than the three or four answers that a command waits for.
 */
export function runGit(env: Env, directory: string, argv: readonly string[]): Promise<GitOutcome | undefined> {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !namesRepository.test(name)));
  const child = spawn('git', argv, {
    cwd: directory,
    env: { ...kept, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const output = collect(child.stdout);
  const complaint = collect(child.stderr);
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve(undefined);
      else reject(gitFailed(argv, error.message));
    });
    child.once('close', (exitCode, signal) => {
      if (exitCode === null) reject(gitFailed(argv, `it was ended by ${signal ?? 'a signal'}`));
      else resolve({ exitCode, output: output(), complaint: complaint().trim() });
    });
  });
}

/** Gives all that has come of a stream, as text. */
function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
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
