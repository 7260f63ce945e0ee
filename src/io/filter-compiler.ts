import type { BuildOptions, Message } from 'esbuild';

import type { CompiledFilter, CompileProblem, FilterCompiler } from '../ports/filter-compiler.ts';
import { filterFile, filterLimits } from '../protocol/policies/filters.ts';

const options = {
  bundle: true,
  // What the gateway's threads can load at any time, and forget again.
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  sourcemap: 'inline',
  // The lines are enough: texts of the user's need not go anywhere.
  sourcesContent: false,
  minifyWhitespace: true,
  charset: 'utf8',
  legalComments: 'none',
  write: false,
  logLevel: 'silent',
  // At the root, so that the map names files as seen from there.
  outfile: 'filter.js',
} as const satisfies BuildOptions;

/** Compiles with esbuild, which is loaded when there is something to compile. */
export const filterCompiler: FilterCompiler = {
  compile: async (root, name) => {
    const { build } = await import('esbuild');
    const file = filterFile(name);
    const common = { absWorkingDir: root, entryPoints: [file] };
    try {
      const { outputFiles } = await build({ ...options, ...common });
      const code = outputFiles[0]?.text ?? '';
      const { metafile } = await build({ ...options, ...common, bundle: false, format: 'esm', metafile: true });
      const exported = Object.values(metafile.outputs).flatMap((output) => output.exports);
      return judge(file, code, exported);
    } catch (error) {
      if (!isBuildFailure(error)) throw error;
      return { ok: false, problems: error.errors.map((message) => asProblem(file, message)) };
    }
  },
};

function judge(file: string, code: string, exported: readonly string[]): CompiledFilter {
  const problem = (message: string): CompiledFilter => ({
    ok: false,
    problems: [{ file, line: 1, column: 1, message }],
  });
  if (!exported.includes('default') && !exported.includes('filter'))
    return problem('It exports no filter: write `export default { pre(request, context) { … } }`.');
  const size = Buffer.byteLength(code);
  if (size <= filterLimits.codeBytes) return { ok: true, code };
  const limit = filterLimits.codeBytes / 1024;
  return problem(`With all that it imports it has ${Math.ceil(size / 1024)} KiB; ${limit} are allowed.`);
}

function asProblem(file: string, { location, text }: Message): CompileProblem {
  return {
    file: location?.file ?? file,
    line: location?.line ?? 1,
    // esbuild counts columns from 0.
    column: (location?.column ?? 0) + 1,
    message: /[.!?]$/.test(text) ? text : `${text}.`,
  };
}

function isBuildFailure(error: unknown): error is { readonly errors: readonly Message[] } {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors) && error.errors.length > 0;
}
