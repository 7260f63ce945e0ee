import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the engine needs of a folder's package.json. */
export interface PackageFacts {
  readonly scripts: Readonly<Record<string, string>>;
  readonly hasDependencies: boolean;
}

/** Undefined when there is none, or none that can be read: whoever needs it will say what is wrong with it. */
export async function readPackage(directory: string): Promise<PackageFacts | undefined> {
  try {
    return packageFacts(JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

export function packageFacts(manifest: unknown): PackageFacts {
  const { scripts, dependencies, devDependencies } = record(manifest);
  const texts = Object.entries(record(scripts)).flatMap(([name, script]) =>
    typeof script === 'string' ? [[name, script] as const] : [],
  );
  const dependencyCount = Object.keys({ ...record(dependencies), ...record(devDependencies) }).length;
  return { scripts: Object.fromEntries(texts), hasDependencies: dependencyCount > 0 };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
