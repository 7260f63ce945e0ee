import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The YAML that the documentation shows, and the workspaces that tests parse; not all of it is valid. */
export function workspaceTexts(): readonly string[] {
  const shown = filesIn('docs', '.md').flatMap((text) => captures(text, /```yaml\n([^]*?)```/g));
  const parsed = ['unit/model', 'unit/model/schema', 'unit/plan', 'support'].flatMap((folder) =>
    filesIn(`test/${folder}`, '.ts').flatMap((text) =>
      captures(text, /[`'](\s*name: [^`'$]*)[`']/g).map((literal) => literal.replaceAll('\\n', '\n')),
    ),
  );
  return [...shown, ...parsed];
}

function filesIn(folder: string, ending: string): readonly string[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(ending));
  return names.map((name) => readFileSync(join(root, folder, name), 'utf8'));
}

function captures(text: string, pattern: RegExp): readonly string[] {
  return Array.from(text.matchAll(pattern), ([, inside = '']) => inside);
}
