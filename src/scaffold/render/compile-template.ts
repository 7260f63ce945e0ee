import Handlebars from 'handlebars';

import { compileOptions } from './template-helpers.ts';
import { namingPlace, renderOptions, withHelpers, type Template } from './template.ts';

/** The template from its text, for one that was not compiled when msa was built. Loads all of Handlebars. */
export function compileTemplate(path: string, text: string): Template {
  // Handlebars compiles at the first call, so a mistake in the text shows there too.
  const template = compiler().compile(text, compileOptions);
  return namingPlace(path, (context) => template(context, renderOptions));
}

let ours: typeof Handlebars | undefined;

function compiler(): typeof Handlebars {
  ours ??= withHelpers(Handlebars.create());
  return ours;
}
