import Handlebars, { type HelperDelegate } from 'handlebars/runtime';

import { checkList, HelperError, helpers, type HelperCall } from './template-helpers.ts';

/**
 * A template ready to be filled in. It throws an error that names the template's file and line; that is a mistake in the
 * template, never the user's.
 */
export type Template = (context: object) => string;

/** What Handlebars compiles the text of a template to; only Handlebars knows what is in it. */
export type CompiledTemplate = Parameters<typeof Handlebars.template>[0];

/** The template from what its text was compiled to. Needs no compiler, which is most of Handlebars. */
export function templateFrom(path: string, compiled: CompiledTemplate): Template {
  return namingPlace(path, (context) => runtime().template(compiled)(context, renderOptions));
}

// Said explicitly, the access to inherited properties is refused without a warning on the console.
export const renderOptions = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };

let ours: typeof Handlebars | undefined;

function runtime(): typeof Handlebars {
  ours ??= withHelpers(Handlebars.create());
  return ours;
}

/** Gives an instance of Handlebars our helpers. It is to be one of our own, so that nobody else's get in. */
export function withHelpers(instance: typeof Handlebars): typeof Handlebars {
  for (const [name, helper] of Object.entries(helpers)) instance.registerHelper(name, helper);
  instance.registerHelper('each', eachOf(instance.helpers['each']));
  return instance;
}

/** The built-in `each`, except that it refuses what is no list, such as a misspelt name. */
function eachOf(builtIn: HelperDelegate | undefined): HelperDelegate {
  return function each(this: unknown, list: unknown, call: HelperCall): unknown {
    checkList(list, call);
    return builtIn?.call(this, list, call);
  };
}

/** The same template, with the place in every error. */
export function namingPlace(path: string, template: Template): Template {
  return (context) => {
    try {
      return template(context);
    } catch (error) {
      throw new Error(`template ${path}${placeOf(error)}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  };
}

function placeOf(error: unknown): string {
  const line = lineOf(error);
  return line === undefined ? '' : `:${line}`;
}

function lineOf(error: unknown): string | number | undefined {
  if (error instanceof HelperError) return error.line;
  if (!(error instanceof Error)) return undefined;
  if ('lineNumber' in error && typeof error.lineNumber === 'number') return error.lineNumber;
  return /^Parse error on line (\d+)/.exec(error.message)?.[1];
}
