import * as z from 'zod/mini';

/** What an editor shows for a key. */
export interface KeyMeta {
  readonly description: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  /** Of the keys of a mapping, for editors; names are checked elsewhere, with the reason. */
  readonly propertyNames?: object;
}

/*
 * The error of each part is the rest of a sentence that begins with the key: "must be …". explain-issue.ts makes the
 * sentence whole, so nobody ever reads the words of the validator. Of zod's two interfaces it is the small one: nearly
 * every command loads it, and the large one takes 9 ms more.
 */

interface IssueInput {
  readonly input?: unknown;
}

/** A text that fits a pattern; `problem` says what is wrong with one that is not good. */
export function text(pattern: RegExp, problem: (value: string) => string | undefined) {
  const error = ({ input }: IssueInput): string => {
    if (typeof input === 'object' && input !== null) return 'must be a text';
    // A number without quotes gets the same reason as its text; "must be a text" alone would send people in circles.
    return problem(isScalar(input) ? String(input) : '') ?? 'must be a text';
  };
  return z.string({ error }).check(
    z.regex(pattern, { error, abort: true }),
    z.refine((value) => problem(value) === undefined, { error }),
  );
}

function isScalar(input: unknown): input is string | number | boolean {
  return typeof input === 'string' || typeof input === 'number' || typeof input === 'boolean';
}

/** A whole number between two others. */
export function wholeNumber(minimum: number, maximum: number) {
  const error = `must be a whole number from ${minimum} to ${maximum}`;
  return z.int({ error }).check(z.gte(minimum, { error, abort: true }), z.lte(maximum, { error }));
}

/** One of a few words. */
export function oneOf<const Words extends readonly string[]>(words: Words) {
  return z.enum(words, { error: `must be one of ${words.map((word) => `\`${word}\``).join(', ')}` });
}

/** A mapping with known keys and no others. */
export function mapping<Shape extends z.core.$ZodShape>(shape: Shape, must: string) {
  // For an unknown key the "error" is the list of the known ones, from which explain-issue.ts proposes the nearest.
  const error = ({ code }: { readonly code?: string | undefined }): string =>
    code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : must;
  return z.strictObject(shape, { error });
}

/** Gives a key its hover text, and the default that default-workspace.ts applies. Each key needs a schema of its own. */
export function documented<Schema extends z.ZodMiniType>(schema: Schema, meta: KeyMeta): Schema {
  z.globalRegistry.add(schema, { ...meta });
  return schema;
}
