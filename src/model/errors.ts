/** What msa ends with. The numbers are part of the contract with scripts; 4 to 7 are the chaos verdicts. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  environment: 3,
  /** Verdicts of chaos: the hypothesis did not hold; nothing can be said; the undo failed; a guard stopped it. */
  refuted: 4,
  inconclusive: 5,
  undoFailed: 6,
  aborted: 7,
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
  MSA_FILTER_INVALID: {
    exitCode: exitCodes.usage,
    when: 'A filter of the gateway does not compile, exports no filter, or is too large.',
    remedy: 'Correct what the message lists with its line and column; `msa validate` checks again.',
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
  MSA_PIPELINE_OUTDATED: {
    exitCode: exitCodes.failed,
    when: 'The generated pipelines are not what `msa.yaml` says now: a service, an environment or msa itself has changed.',
    remedy: 'Run `msa upgrade`, which keeps your edits, and commit what it changes.',
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
  MSA_CONTRACT_BROKEN: {
    exitCode: exitCodes.failed,
    when: 'The OpenAPI document of a service changed in a way that breaks whoever calls it, or is gone.',
    remedy:
      'Keep what callers use beside what is new; where the break is meant, raise `info.version`, or say so: `Allow-Breaking: <service>` in a commit, or `--allow-breaking <service>`.',
  },
  MSA_IMAGES_INVALID: {
    exitCode: exitCodes.usage,
    when: 'The digests given to `msa ci deploy` are not what `publish` writes, or are of services that are not there.',
    remedy: 'Correct the listed files and lines. Nothing was deployed.',
  },
  MSA_DEPLOY_FAILED: {
    exitCode: exitCodes.failed,
    when: 'A hook or an analysis failed, took too long, or was interrupted; all that this run had begun was taken back.',
    remedy: 'Look at what the hook wrote; the former versions run as before.',
  },
  MSA_ROLLBACK_FAILED: {
    exitCode: exitCodes.undoFailed,
    when: 'Something that a release had begun could not be taken back.',
    remedy: 'Look at the environment; the message says which services and gives the command that tries again.',
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
  MSA_ENGINE_UNAVAILABLE: {
    exitCode: exitCodes.environment,
    when: 'The engine that was asked for does not answer: no Docker, no right to use it, or its client is missing.',
    remedy: 'Do what the message says, or use the other engine: `msa up --engine process`.',
  },
  MSA_ENGINE_FAILED: {
    exitCode: exitCodes.failed,
    when: 'The engine refused or broke off something it was asked to do.',
    remedy:
      'The message has the words of the engine; the system is as `msa ps` shows it, and `msa up` goes on from there.',
  },
  MSA_ENGINE_CONFLICT: {
    exitCode: exitCodes.environment,
    when: 'The system already runs in the other engine, and a workspace runs in one at a time.',
    remedy: 'Stop it there with `msa down`, then start it again.',
  },
  MSA_PORT_TAKEN: {
    exitCode: exitCodes.environment,
    when: 'A port the system needs is held by another program; the message says which and by whom, where that can be seen.',
    remedy: 'Stop that program, or choose another port: `msa up --port auto`.',
  },
  MSA_BUSY: {
    exitCode: exitCodes.environment,
    when: 'Another call of msa is changing this system right now.',
    remedy: 'Wait for it, or stop it with Ctrl-C where it runs.',
  },
  MSA_SERVICE_UNRUNNABLE: {
    exitCode: exitCodes.usage,
    when: 'A service has nothing the engine could run: no Dockerfile, no `command`, no start script.',
    remedy: 'Add what the message names, or choose the engine that can run it.',
  },
  MSA_STORE_UNAVAILABLE: {
    exitCode: exitCodes.environment,
    when: 'A service asks for a store that cannot be had here without Docker.',
    remedy: 'Install what the message names, or use `--engine docker`.',
  },
  MSA_BUILD_FAILED: {
    exitCode: exitCodes.failed,
    when: 'The image of a service does not build, or its folder cannot be prepared.',
    remedy: 'The last lines of the output are below the message; correct the service and run `msa up` again.',
  },
  MSA_UNHEALTHY: {
    exitCode: exitCodes.failed,
    when: 'An instance ended, or did not become healthy in time.',
    remedy: 'The message says what was seen and the last lines of its log; `msa logs <service>` has the rest.',
  },
  MSA_UP_FAILED: {
    exitCode: exitCodes.failed,
    when: '`msa up` could not bring everything up. What works keeps running.',
    remedy: 'Correct what the message lists and run `msa up` again, or stop everything with `msa down`.',
  },
  MSA_DOWN_FAILED: {
    exitCode: exitCodes.failed,
    when: '`msa down` could not remove everything; the message lists what is left.',
    remedy: 'Correct what the message says and run `msa down` again.',
  },
  MSA_NOT_RUNNING: {
    exitCode: exitCodes.environment,
    when: 'A command needs the running system, and it, or the part in question, does not run.',
    remedy: 'Start it with `msa up`.',
  },
  MSA_INSTANCE_UNKNOWN: {
    exitCode: exitCodes.usage,
    when: 'A command names an instance or a service that is not running.',
    remedy: 'Choose one that `msa ps` lists.',
  },
  MSA_REGISTRY_UNREACHABLE: {
    exitCode: exitCodes.environment,
    when: 'The registry of the running system does not answer.',
    remedy: 'Look at `msa ps` and `msa logs registry`; `msa up` repairs what is missing.',
  },
  MSA_GATEWAY_UNREACHABLE: {
    exitCode: exitCodes.environment,
    when: 'The gateway of the running system does not answer.',
    remedy: 'Look at `msa ps` and `msa logs gateway`; `msa up` repairs what is missing.',
  },
  MSA_LINK_UNUSABLE: {
    exitCode: exitCodes.failed,
    when: 'The link that `msa call` shall follow is not in the answer, or leads away from the gateway.',
    remedy: 'Choose one of the links the message lists; a state often offers only some.',
  },
  MSA_ANSWER_TOO_LARGE: {
    exitCode: exitCodes.failed,
    when: 'An answer that `msa call` has to hold as a whole, for `--json` or to follow a link of it, is too large for that.',
    remedy: 'Leave `--json` and `--follow` out and redirect the output to a file.',
  },
  MSA_CHAOS_REFUTED: {
    exitCode: exitCodes.refuted,
    when: 'The system did not bear the experiment: requests failed, or the instance did not come back in time.',
    remedy: 'The report says which requests failed and when.',
  },
  MSA_CHAOS_INCONCLUSIVE: {
    exitCode: exitCodes.inconclusive,
    when: 'The experiment says nothing: no request could be sent, or the fault hit nobody.',
    remedy: 'Name a path that answers with `--path`, or give the service a second instance.',
  },
  MSA_GIT_UNAVAILABLE: {
    exitCode: exitCodes.environment,
    when: 'A command asks what has changed, and the workspace lies in no git repository, or git is not installed.',
    remedy: 'Begin one with `git init`, or take everything as changed: `--all`.',
  },
  MSA_GIT_FAILED: {
    exitCode: exitCodes.failed,
    when: 'git refused or broke off what it was asked; the message has its words.',
    remedy: 'Run the command of git that the message names, and correct what it says.',
  },
  MSA_RANGE_UNKNOWN: {
    exitCode: exitCodes.usage,
    when: 'A range names a commit that is not in this clone, or two commits without a common past.',
    remedy: 'Fetch the whole history: `git fetch --unshallow`, or `fetch-depth: 0` where CI checks out.',
  },
  MSA_SMOKE_FAILED: {
    exitCode: exitCodes.failed,
    when: 'Something that the running system offers from outside does not answer as it should, or a service is not healthy.',
    remedy: 'The table of `msa smoke` says what was seen; the log of the service and of the gateway have the rest.',
  },
  MSA_IMAGE_REGISTRY_UNREACHABLE: {
    exitCode: exitCodes.environment,
    when: 'A registry of images does not answer, wants no more requests for now, or answers what cannot be trusted.',
    remedy: 'The message says which and why; run the command again when that has changed.',
  },
  MSA_IMAGE_UNKNOWN: {
    exitCode: exitCodes.failed,
    when: 'A registry of images does not have the image, or not for everybody.',
    remedy: 'Correct its name or tag, or log in with `docker login <registry>`.',
  },
  MSA_IMAGES_OUTDATED: {
    exitCode: exitCodes.failed,
    when: '`msa images update --check` found an image that is not held to a digest, or whose tag has moved since.',
    remedy: 'Run `msa images update`, look at what it changed, and build and test with it.',
  },
  MSA_CI_FAILED: {
    exitCode: exitCodes.failed,
    when: 'A job of `msa ci run` failed.',
    remedy: 'The table says which, and why; run that one again alone: `msa ci run check --service orders`.',
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
