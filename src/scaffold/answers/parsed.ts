/** What one piece of input is wrong about, said so that the user can correct it. */
export interface Problem {
  /** A sentence that names the offending value. */
  readonly message: string;
  /** Where it stands: `character 14`, or a path such as `answers.resource.fields[2]`. */
  readonly where: string;
  /** The same place in the text as given, counted from 0; only for problems in a text. */
  readonly offset?: number;
  /** What would have been right. */
  readonly example: string;
}

/** A value, or everything that is wrong with the input at once. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function parsed<Value>(value: Value): Parsed<Value> {
  return { ok: true, value };
}

export function refused<Value>(problems: readonly Problem[]): Parsed<Value> {
  return { ok: false, problems };
}

/** The value, unless there are problems. */
export function parsedUnless<Value>(problems: readonly Problem[], value: Value): Parsed<Value> {
  return problems.length === 0 ? parsed(value) : refused(problems);
}

/** A problem at a place in a text the user typed. */
export function problemAt(offset: number, message: string, example: string): Problem {
  return { message, where: `character ${offset + 1}`, offset, example };
}

/** One line per problem: `character 14: no type is called "integer"; did you mean int? (for example qty:int)`. */
export function renderProblems(problems: readonly Problem[]): string[] {
  return problems.map(({ where, message, example }) => `${where}: ${message} (for example ${example})`);
}

/** Text from outside as it may stand in a message: quoted, one line, not too long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
