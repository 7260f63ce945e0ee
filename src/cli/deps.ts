import type { SystemFacts, SystemQuestion } from '../io/system-probe.ts';
import type { Certificates } from '../ports/certificates.ts';
import type { Clock } from '../ports/clock.ts';
import type { CommandRunner } from '../ports/command-runner.ts';
import type { Engines } from '../ports/engines.ts';
import type { FileStore } from '../ports/file-store.ts';
import type { FilterCompiler } from '../ports/filter-compiler.ts';
import type { Git } from '../ports/git.ts';
import type { HttpCaller } from '../ports/http-caller.ts';
import type { ImageRegistry } from '../ports/image-registry.ts';
import type { LoadGenerator } from '../ports/load.ts';
import type { Locks } from '../ports/locks.ts';
import type { Prompter } from '../ports/prompter.ts';
import type { CreateStopper } from '../ports/stop-signal.ts';
import type { CompiledTemplate } from '../scaffold/render/template.ts';
import type { Colors } from './terminal/colors.ts';
import type { Output } from './terminal/output.ts';

/** Everything a command may touch. main builds it once; tests pass their own. */
export interface Deps {
  /** Where the command works: the current directory, or what `-C` says. Absolute. */
  readonly directory: string;
  readonly files: FileStore;
  readonly prompter: Prompter;
  /** True when questions may be asked. */
  readonly interactive: boolean;
  /** True with --yes: the user has confirmed everything. */
  readonly yes: boolean;
  /** Progress and remarks, a line each, on stderr. Silent with --quiet. */
  readonly say: (line: string) => void;
  /** How progress may be drawn on stderr; undefined: only lines may be written there, or nothing. */
  readonly liveView: { readonly colored: boolean } | undefined;
  readonly colors: Colors;
  /** For a result that comes bit by bit. */
  readonly output: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Hex SHA-256 of a text. */
  readonly sha256: (text: string) => string;
  readonly version: string;
  /** Absolute path of the folder with the templates msa ships. */
  readonly templatesDirectory: string;
  /** Absolute path of the folder with the programs that a running system consists of. */
  readonly programsDirectory: string;
  /** What a template of this text was compiled to when msa was built; undefined when it was not. */
  readonly compiledTemplate: (text: string) => Promise<CompiledTemplate | undefined>;
  /** Aborted by the first Ctrl-C. A command that stops for it takes back what it began and throws the signal's reason. */
  readonly signal: AbortSignal;
  /** What runs systems. */
  readonly engines: Engines;
  readonly locks: Locks;
  /** The repository the workspace lies in. */
  readonly git: Git;
  readonly certificates: Certificates;
  readonly clock: Clock;
  /** Runs programs of the user, such as the hooks of environments. */
  readonly runCommand: CommandRunner;
  readonly createStopper: CreateStopper;
  /** Sends requests as clients would. */
  readonly loadGenerator: () => Promise<LoadGenerator>;
  /** Compiles filters of the gateway; loaded when a workspace has some. */
  readonly filterCompiler: () => Promise<FilterCompiler>;
  /** Sends single requests; loaded when it is first used. */
  readonly httpCaller: () => Promise<HttpCaller>;
  /** Asks registries of images; loaded when it is first used. */
  readonly imageRegistry: () => Promise<ImageRegistry>;
  /** Whether something takes connections there. */
  readonly canConnect: (host: string, port: number, timeoutMs: number) => Promise<boolean>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** Looks at the machine. */
  readonly probeSystem: (question: SystemQuestion) => Promise<SystemFacts>;
}
