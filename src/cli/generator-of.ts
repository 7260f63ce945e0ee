import type { Generator } from '../app/generate.ts';
import type { Deps } from './deps.ts';

/** The part of the dependencies that generating needs. */
export function generatorOf({ files, templatesDirectory, compiledTemplate, version }: Deps): Generator {
  return { files, templatesDirectory, compiledTemplate, version };
}
