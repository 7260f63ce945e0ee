import type { CommandSpec } from './arguments/command.ts';
import type { Deps } from './deps.ts';
import type { SignalSource } from './terminal/interrupt.ts';
import type { OutputStream } from './terminal/output-stream.ts';

/** What a call of msa touches outside its own code. Left out: that of this process. */
export interface World {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Empty when the current directory does not exist any more. */
  readonly cwd: string;
  readonly signals: SignalSource;
  readonly commands: readonly CommandSpec[];
  /** Replaces what main would build. */
  readonly deps: Partial<Deps>;
}
