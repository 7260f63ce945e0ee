import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { isMap, isScalar, parseDocument } from 'yaml';

import { namePattern } from '../../protocol/names.ts';

/**
 * The names of the services in the workspace around a directory, as far as they can be read: the file may be half
 * written and is not checked. Names that are none are left out, so that what is offered is safe in any shell.
 */
export function readServiceNames(directory: string): readonly string[] {
  const text = readNearest(directory);
  if (text === undefined) return [];
  const { contents } = parseDocument(text, { strict: false, uniqueKeys: false, logLevel: 'silent' });
  const services = isMap(contents) ? contents.get('services') : undefined;
  if (!isMap(services)) return [];
  const names = services.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''));
  return names.filter((name) => namePattern.test(name));
}

function readNearest(directory: string): string | undefined {
  for (let at = resolve(directory); ; at = dirname(at)) {
    try {
      return readFileSync(join(at, 'msa.yaml'), 'utf8');
    } catch {
      // Not here: the file may stand above. Whatever else is wrong, completion is not the place to tell.
    }
    if (at === dirname(at)) return undefined;
  }
}
