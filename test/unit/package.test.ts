import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { commands } from '../../src/cli/commands.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('the README', () => {
  test('lists every command with its summary, and no other', () => {
    const rows = Array.from(read('README.md').matchAll(/^\| `msa ([^`]+)` \| (.+) \|$/gm), ([, name, summary]) => [
      name,
      summary,
    ]);
    expect(rows).toEqual(commands.map(({ name, summary }) => [name, summary]));
  });

  test('links only to files that exist', () => {
    for (const page of ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'docs/dependencies.md']) {
      const links = Array.from(read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, link = '']) => link);
      for (const link of links) {
        const target = join(root, page, '..', link);
        expect(() => readdirSync(join(target, '..')), `${page} links to ${link}`).not.toThrow();
        expect(readdirSync(join(target, '..')), `${page} links to ${link}`).toContain(target.split('/').at(-1));
      }
    }
  });
});

describe('docs/dependencies.md', () => {
  test('gives a reason for every dependency', () => {
    const manifests = [
      'package.json',
      ...['memory', 'redis', 'postgres'].map((store) => `templates/rest/store-${store}/package.json.hbs`),
    ];
    const page = read('docs/dependencies.md');
    for (const manifest of manifests) {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(
        read(manifest).replaceAll(/\{\{json [^}]*\}\}/g, '""'),
      ) as {
        dependencies?: Record<string, string>;
        devDependencies?: Record<string, string>;
      };
      const names = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith('@types/'));
      for (const name of names) expect(page, `${name} of ${manifest}`).toContain(name);
    }
  });
});

describe('the packed package', () => {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], {
      cwd: root,
      encoding: 'utf8',
    }),
  ) as [{ files: { path: string }[] }];
  const paths = packed.files.map(({ path }) => path);

  test('holds every file of the templates, those with a dot included', () => {
    const shipped = readdirSync(join(root, 'templates'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
    expect(paths.filter((path) => path.startsWith('templates/')).toSorted()).toEqual(shipped.toSorted());
    expect(shipped).toContain('templates/rest/base/__dot__gitignore');
  });

  test('holds the program, the schema, the licences, and nothing of the workshop', () => {
    const others = paths.filter((path) => !/^(?:templates|dist\/chunks)\//.test(path)).toSorted();
    expect(others).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'CHANGELOG.md',
        'bin/msa.js',
        'dist/main.js',
        'dist/third-party-licenses.txt',
        'package.json',
        'schema/msa.schema.json',
      ]),
    );
    expect(paths.filter((path) => /^(?:src|test|docs|bench|scripts|\.)/.test(path))).toEqual([]);
  });
});
