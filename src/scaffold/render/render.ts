import type { Template } from './template.ts';

/** A file of a template. `path` is relative with `/`; `x.ts.hbs` is rendered to `x.ts`, a text is taken as it is. */
export interface TemplateFile {
  readonly path: string;
  readonly content: string | Template;
  readonly executable?: boolean;
}

/** A file as it is to stand in the user's project. */
export interface RenderedFile {
  readonly path: string;
  readonly content: string;
  readonly executable?: boolean;
}

/**
 * Renders the layers of a template, sorted by path. A file of a later layer replaces one of the same resulting path.
 * What only becomes blanks when rendered is left out: so a template says that a file does not exist in some cases.
 */
export function renderLayers(layers: readonly (readonly TemplateFile[])[], context: object): RenderedFile[] {
  const chosen = new Map(layers.flat().map((file): [string, TemplateFile] => [renderedPath(file.path, context), file]));
  return [...chosen]
    .flatMap(([path, file]) => renderFile(path, file, context))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

/**
 * The path a template's file gets: `__dot__gitignore` -> `.gitignore` (npm leaves dot files out of packages), and
 * `__resource__` -> the name of the context's `resource`.
 */
export function renderedPath(path: string, context: object): string {
  const parts = path
    .replace(/\.hbs$/, '')
    .split('/')
    .map((part) =>
      part.replace(/^__dot__/, '.').replaceAll(/__([a-z]+)__/g, (word, key: string) => nameIn(context, key) ?? word),
    );
  if (parts.some((part) => !/^(?!\.{1,2}$)[^/\\\0]+$/.test(part)))
    throw new Error(`${path} is no path for a template's file`);
  return parts.join('/');
}

function renderFile(path: string, file: TemplateFile, context: object): RenderedFile[] {
  const mode = file.executable === undefined ? {} : { executable: file.executable };
  if (typeof file.content === 'string') return [{ path, content: file.content, ...mode }];
  const content = file.content(context);
  return content.trim() === '' ? [] : [{ path, content, ...mode }];
}

/** The name of what the context has under a key, or undefined: names such as Python's `__init__` stay. */
function nameIn(context: object, key: string): string | undefined {
  const named: unknown = Object.entries(context).find(([name]) => name === key)?.[1];
  if (typeof named !== 'object' || named === null || !('name' in named)) return undefined;
  return typeof named.name === 'string' ? named.name : undefined;
}
