import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** The rows of the folder table: folder -> what it may import. */
function readTable(): ReadonlyMap<string, readonly string[]> {
  const rows = readFileSync(join(root, 'docs/architecture.md'), 'utf8').matchAll(
    /^\| `src\/(\w+)` \|[^|]*\|([^|]*)\|$/gm,
  );
  return new Map(
    Array.from(rows, ([, folder = '', cell = '']) => [
      folder,
      Array.from(cell.matchAll(/`([^`]+)`/g), ([, name = '']) => name),
    ]),
  );
}

interface Import {
  readonly folder: string;
  readonly file: string;
  readonly imported: string;
}

/** Every import below src, each reduced to what the table speaks of: a folder, a package or `node:`. */
function readImports(): Import[] {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return files.flatMap((file) => {
    const text = readFileSync(join(root, 'src', file), 'utf8');
    const specifiers = text.matchAll(
      /^(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|^import '([^']+)'/gm,
    );
    const folder = file.split(sep)[0] ?? '';
    return Array.from(specifiers, ([, from, dynamic, bare]) => ({
      folder,
      file,
      imported: nameImported(file, from ?? dynamic ?? bare ?? ''),
    }));
  });
}

function nameImported(file: string, specifier: string): string {
  if (specifier.startsWith('node:')) return 'node:';
  if (!specifier.startsWith('.'))
    return specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
  const [first = '', second = ''] = relative(root, join(root, 'src', file, '..', specifier)).split(sep);
  return first === 'src' ? second : first;
}

describe('docs/architecture.md', () => {
  const table = readTable();
  const imports = readImports();

  test('has a row for every folder of src, and no other', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect([...table.keys()].toSorted()).toEqual(folders.map((entry) => entry.name).toSorted());
  });

  test('allows every import there is', () => {
    const refused = imports.filter(
      ({ folder, imported }) => imported !== folder && table.get(folder)?.includes(imported) !== true,
    );
    expect(refused.map(({ file, imported }) => `${file} imports ${imported}`)).toEqual([]);
  });

  test('allows no import that nobody makes', () => {
    const made = new Set(imports.map(({ folder, imported }) => `${folder} ${imported}`));
    const unused = [...table]
      .flatMap(([folder, allowed]) => allowed.map((name) => `${folder} ${name}`))
      .filter((row) => !made.has(row));
    expect(unused).toEqual([]);
  });
});
