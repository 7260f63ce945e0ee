/** What msa ends with. The numbers are part of the contract with scripts; 4 to 7 are the chaos verdicts. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  environment: 3,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

interface ErrorKind {
  readonly exitCode: ExitCode;
  /** One sentence for docs/errors.md: when this happens. */
  readonly when: string;
  /** One sentence for docs/errors.md: what to do. */
  readonly remedy: string;
}

/** Every code msa can print. A code is never renamed and never used again for something else. */
export const errorTable = {
  MSA_USAGE: {
    exitCode: exitCodes.usage,
    when: 'A command, argument or option is unknown, missing or has a value it cannot have.',
    remedy: 'Run the command with `--help`; the message names the option and gives an example.',
  },
  MSA_ANSWER_MISSING: {
    exitCode: exitCodes.usage,
    when: 'A question has no answer and there is no terminal to ask it on.',
    remedy: 'Pass the option the message names, or `--yes` to take the defaults.',
  },
  MSA_WORKSPACE_NOT_FOUND: {
    exitCode: exitCodes.usage,
    when: 'No `msa.yaml` in this directory or any above it.',
    remedy: 'Run `msa init`, or point at a workspace with `-C <dir>`.',
  },
  MSA_WORKSPACE_INVALID: {
    exitCode: exitCodes.usage,
    when: '`msa.yaml` has problems; each is listed with its line, column and remedy.',
    remedy: 'Correct the listed lines; `msa validate` checks again.',
  },
  MSA_WORKSPACE_EXISTS: {
    exitCode: exitCodes.usage,
    when: '`msa init` was pointed at a directory that already has an `msa.yaml`.',
    remedy: 'Use `msa new service` to extend it, or choose another directory.',
  },
  MSA_SERVICE_EXISTS: {
    exitCode: exitCodes.usage,
    when: 'The workspace already has a service of that name.',
    remedy: 'Choose another name, or remove the old one with `msa rm service <name>`.',
  },
  MSA_SERVICE_UNKNOWN: {
    exitCode: exitCodes.usage,
    when: 'A command names a service that `msa.yaml` does not have.',
    remedy: 'Choose one of the names the message lists.',
  },
  MSA_FILES_EXIST: {
    exitCode: exitCodes.usage,
    when: 'Files that are not ours or were edited stand where new ones would be written.',
    remedy: 'Move them away, choose another name or path, or pass `--force` to replace them.',
  },
  MSA_WRITE_FAILED: {
    exitCode: exitCodes.failed,
    when: 'The file system refused a write. Everything already written by the command was taken back.',
    remedy: 'Check space and permissions of the path in the message and run the command again.',
  },
  MSA_CHANGED_MEANWHILE: {
    exitCode: exitCodes.failed,
    when: 'Somebody else kept changing the same file between the decision and the write. Nothing was written.',
    remedy: 'Run the command again: it starts from what the file says now.',
  },
  MSA_READ_FAILED: {
    exitCode: exitCodes.failed,
    when: 'A file that should be readable is not.',
    remedy: 'Check the path and its permissions.',
  },
  MSA_CONTRACT_UNREADABLE: {
    exitCode: exitCodes.failed,
    when: 'The OpenAPI document of a service is missing, not JSON or YAML, or not OpenAPI 3.',
    remedy: 'Write it with `npm run openapi` in the service, or point at one with `--from <file>`.',
  },
  MSA_COMPOSE_UNREADABLE: {
    exitCode: exitCodes.usage,
    when: 'A Compose file given to `msa add` cannot be read or has no services.',
    remedy: 'Check it with `docker compose config`.',
  },
  MSA_MERGE_CONFLICTS: {
    exitCode: exitCodes.failed,
    when: '`msa upgrade` wrote files in which your edits and the new template touch the same lines.',
    remedy: 'Resolve the marked places in the listed files; everything else is already upgraded.',
  },
  MSA_DOCTOR_FAILED: {
    exitCode: exitCodes.environment,
    when: 'A check of `msa doctor` failed.',
    remedy: 'Run the command printed beside the failed check.',
  },
  MSA_INTERRUPTED: {
    exitCode: exitCodes.interrupted,
    when: 'The command was stopped by Ctrl-C or a signal; what it had begun was taken back.',
    remedy: 'Run it again when ready.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorTable;

export interface ErrorDetails {
  /** The command or edit that fixes it, in this very case. */
  readonly hint?: string;
  /** One line each: what belongs to the message but does not fit its sentence. */
  readonly details?: readonly string[];
  /** Structured form of the details for `--json`. */
  readonly data?: unknown;
  readonly cause?: unknown;
}

/** A failure msa expected: the user's input or environment. Anything else that is thrown is a bug. */
export class MsaError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: readonly string[];
  readonly data: unknown;

  constructor(code: ErrorCode, message: string, { hint, details = [], data, cause }: ErrorDetails = {}) {
    super(message, { cause });
    this.name = 'MsaError';
    this.code = code;
    this.hint = hint;
    this.details = details;
    this.data = data;
  }

  get exitCode(): ExitCode {
    return errorTable[this.code].exitCode;
  }
}
