/** Makes of filters what the gateway can run. */
export interface FilterCompiler {
  /** Compiles `gateway/filters/<name>.ts` of a workspace with all that it imports. Writes nothing. */
  readonly compile: (root: string, name: string) => Promise<CompiledFilter>;
}

export type CompiledFilter =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly problems: readonly CompileProblem[] };

/** What is wrong with a file, ready to be printed as `file:line:column message`. */
export interface CompileProblem {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}
