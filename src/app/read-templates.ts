import type { FileStore } from '../ports/file-store.ts';
import type { TemplateFile } from '../scaffold/render/render.ts';
import { templateFrom, type CompiledTemplate, type Template } from '../scaffold/render/template.ts';
import { joinPath } from './paths.ts';

/** Where templates come from. */
export interface TemplateSource {
  readonly files: FileStore;
  readonly templatesDirectory: string;
  /** What a template of this text was compiled to when msa was built; undefined when it was not. */
  readonly compiledTemplate: (text: string) => Promise<CompiledTemplate | undefined>;
}

/** Reads the layers of a template in their order; a layer that does not exist is a mistake of ours, not of the user. */
export async function readLayers(
  source: TemplateSource,
  layers: readonly string[],
): Promise<readonly (readonly TemplateFile[])[]> {
  return Promise.all(layers.map((layer) => readLayer(source, joinPath(source.templatesDirectory, layer))));
}

async function readLayer(source: TemplateSource, directory: string): Promise<readonly TemplateFile[]> {
  const paths = await source.files.listFiles(directory);
  if (paths.length === 0) throw new Error(`The template layer ${directory} is empty or missing.`);
  return Promise.all(
    paths.map(async (path) => {
      const text = (await source.files.read(joinPath(directory, path))) ?? '';
      return { path, content: path.endsWith('.hbs') ? await readyTemplate(source, path, text) : text };
    }),
  );
}

/** Templates msa was not built with, such as those changed since, are compiled now; that alone loads the compiler. */
async function readyTemplate({ compiledTemplate }: TemplateSource, path: string, text: string): Promise<Template> {
  const compiled = await compiledTemplate(text);
  if (compiled !== undefined) return templateFrom(path, compiled);
  const { compileTemplate } = await import('../scaffold/render/compile-template.ts');
  return compileTemplate(path, text);
}
