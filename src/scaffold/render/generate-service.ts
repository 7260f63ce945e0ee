import { defineResource, type Field, type Resource } from '../../../templates/rest/base/src/resource.ts';
import { describeApi } from '../../../templates/rest/base/src/openapi.ts';
import type { ServiceAnswers } from '../answers/answers.ts';
import { renderLayers, type TemplateFile } from './render.ts';
import { templateContext, type TemplateContext } from './template-context.ts';

/** The layers of a service's template in the order they are laid over each other, as folders below `templates/`. */
export function layersOf({ template, store, example, name }: ServiceAnswers): readonly string[] {
  const layers = [`${template}/base`, `${template}/store-${store}`];
  return example === undefined ? layers : [...layers, `examples/${example}/${name}`];
}

/** Every file of a service as text, by its path in the service's folder. */
export function generateService(
  answers: ServiceAnswers,
  layers: readonly (readonly TemplateFile[])[],
): ReadonlyMap<string, string> {
  const rendered = renderLayers(layers, templateContext(answers));
  const contract = `${JSON.stringify(contractOf(answers), null, 2)}\n`;
  return new Map([
    ...rendered.map(({ path, content }) => [path, content] as const),
    ['openapi.json', contract] as const,
  ]);
}

/** What the template gives a new service in its own files. */
const firstVersion = '1.0.0';

/** The OpenAPI document of a service that need not exist yet: the template's own code derives it. */
export function contractOf(answers: ServiceAnswers): object {
  const context = templateContext(answers);
  const { title, description } = context.service;
  return describeApi(resourceOf(context), { title, version: firstVersion, description });
}

function resourceOf({ resource, fields, machine }: TemplateContext): Resource {
  const { variable: _, ...names } = resource;
  return defineResource({
    ...names,
    fields: Object.fromEntries(fields.map((field) => [field.name, declaredField(field)])),
    ...(machine === null ? {} : { machine }),
  });
}

function declaredField({ type, values = [], optional, list }: TemplateContext['fields'][number]): Field {
  const flags = { ...(list ? { list } : {}), ...(optional ? { optional } : {}) };
  return type === 'enum' ? { type, values, ...flags } : { type, ...flags };
}
