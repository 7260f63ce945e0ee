import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { npmGroovyLint, shellcheckText } from '../../support/judges.ts';

// The golden files are what `msa new workflow jenkins` writes; jenkins.test.ts holds them to that.
const folder = join(import.meta.dirname, 'golden/jenkins');
const files = ['Jenkinsfile', 'Jenkinsfile-checks-only'].map((name) => join(folder, name));

/** By Jenkins, and by the Jenkinsfile; beside them, a script uses only what it sets itself. */
const given = (
  'CHANGE_TARGET WORKSPACE_TMP ' +
  'EVERYTHING COMMIT RANGE SYSTEM GREEN SERVICE IMAGE ENVIRONMENT ROLLBACK REGISTRY_USERNAME REGISTRY_PASSWORD'
).split(' ');

/** The literals of Groovy that are commands: those of `sh`, and those of the table of checks. */
const literal = /\b(?:script|install|lint|types|test): ('''[^]*?'''|'(?:[^'\\]|\\.)*')/g;

function scriptsOf(jenkinsfile: string): readonly string[] {
  return Array.from(jenkinsfile.matchAll(literal), ([, text = '']) =>
    text.replaceAll(/^'(?:'')?|'(?:'')?$/g, '').replaceAll(/\\(.)/g, '$1'),
  );
}

function asScript(text: string): string {
  const used = new Set(Array.from(text.matchAll(/\$\{?([A-Z]\w*)/g), ([, name = '']) => name));
  const set = given.filter((name) => used.has(name));
  return ['set -e', ...set.map((name) => `${name}=\${${name}-}`), text].join('\n');
}

test('npm-groovy-lint finds nothing, not even a hint', { timeout: 240_000 }, async () => {
  expect(await npmGroovyLint(files)).toEqual([]);
});

test('shellcheck, asked for every check, finds nothing in any command', async () => {
  const jenkinsfiles = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const scripts = [...new Set(jenkinsfiles.flatMap(scriptsOf))];
  expect(scripts.length).toBeGreaterThan(30);
  const found = await Promise.all(scripts.map((script) => shellcheckText(asScript(script), 'sh')));
  expect(found.flatMap((findings, index) => findings.map((finding) => [finding, scripts[index]]))).toEqual([]);
});

test('no command is a text in which Groovy puts values', async () => {
  for (const file of files) {
    const jenkinsfile = await readFile(file, 'utf8');
    expect(jenkinsfile.match(/\bsh\((?!label: (?:'[^']*'|name), |returnStdout: true, )/g)).toBeNull();
    expect(jenkinsfile.match(/\bscript: (?!'|command\))/g)).toBeNull();
  }
});
