import { compileFunction } from 'node:vm';

import { callLimits } from '../messages.ts';
import type { Stage } from '../messages.ts';

type StageFunction = (subject: unknown, context: unknown) => unknown;

/** What the user's module exports. */
export interface LoadedFilter {
  readonly stages: readonly Stage[];
  /** 0: the filter does not want bodies. */
  readonly maxBodyBytes: number;
  readonly run: (stage: 'pre' | 'route' | 'post' | 'error', subject: unknown, context: unknown) => unknown;
}

const functions = ['pre', 'route', 'post', 'error'] as const;
const known: ReadonlySet<string> = new Set([...functions, 'maxBodyBytes']);

/** Runs the module of a filter. Throws what it throws, and a sentence for what is no filter. */
export function loadFilter(code: string, file: string): LoadedFilter {
  const module: { exports: unknown } = { exports: {} };
  const run = compileFunction(code, ['module', 'exports', 'require'], { filename: file });
  run(module, module.exports, requireBuiltin);
  const exported = asRecord(module.exports);
  const filter = asRecord(exported['default'] ?? exported['filter']);
  for (const key of Object.keys(filter))
    if (!known.has(key)) throw new TypeError(`it has \`${key}\`, which is no stage: ${functions.join(', ')}`);
  const stages = functions.filter((name) => typeof filter[name] === 'function');
  if (stages.length === 0) throw new TypeError('it exports no object with a stage: pre, route, post or error');
  return {
    // Both are asked for in one call.
    stages: [...new Set(stages.map((name): Stage => (name === 'route' ? 'pre' : name)))],
    maxBodyBytes: readMaxBodyBytes(filter['maxBodyBytes']),
    run: (name, subject, context) => {
      const stage = filter[name];
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- What it takes and gives is looked at afterwards.
      return typeof stage === 'function' ? (stage as StageFunction).call(filter, subject, context) : undefined;
    },
  };
}

function readMaxBodyBytes(value: unknown): number {
  if (value === undefined) return 0;
  if (Number.isInteger(value) && Number(value) > 0 && Number(value) <= callLimits.bodyBytes) return Number(value);
  throw new TypeError(`maxBodyBytes must be a whole number from 1 to ${callLimits.bodyBytes}`);
}

/** All else has been bundled. */
function requireBuiltin(name: string): unknown {
  const module: unknown = process.getBuiltinModule(name);
  if (module === undefined) throw new Error(`there is no module ${name} in Node`);
  return module;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- An object can be asked for any key.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
