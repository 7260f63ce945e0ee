import type { Field, Machine, ServiceAnswers, StoreName } from '../answers/answers.ts';
import { idPrefixOf, pascalCase, titleOf, variableNameOf, wordsOf } from '../words/names.ts';

/** What the files of a service template see. */
export interface TemplateContext {
  readonly service: { readonly name: string; readonly title: string; readonly description: string };
  readonly resource: {
    readonly name: string;
    readonly plural: string;
    /** A name for a variable; never a reserved word. */
    readonly variable: string;
    readonly type: string;
    readonly title: string;
    readonly titlePlural: string;
    readonly idPrefix: string;
  };
  readonly fields: readonly Field[];
  readonly machine: Machine | null;
  readonly store: StoreName;
  readonly calls: readonly string[];
}

/** All the forms of the names that templates need, from what the user answered. */
export function templateContext({ name, description, resource, store, calls }: ServiceAnswers): TemplateContext {
  return {
    service: { name, title: titleOf(name), description },
    resource: {
      name: resource.name,
      plural: resource.plural,
      variable: variableNameOf(resource.name),
      type: pascalCase(resource.name),
      title: wordsOf(resource.name),
      titlePlural: wordsOf(resource.plural),
      idPrefix: idPrefixOf(resource.name),
    },
    fields: resource.fields,
    machine: resource.machine,
    store,
    calls,
  };
}
