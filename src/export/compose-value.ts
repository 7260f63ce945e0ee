/** What a Compose file consists of; a key without a value is left out. */
type ComposeValue = string | number | boolean | null | readonly ComposeValue[] | ComposeMapping;

export interface ComposeMapping {
  readonly [key: string]: ComposeValue | undefined;
}

/** A text in which Compose replaces nothing: it would take `$NAME` for a variable of its own. */
export function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** The folder as Compose takes it for one, whatever its name looks like. */
export function folderPath(toWorkspace: string, path: string): string {
  const joined = path === '.' ? toWorkspace : `${toWorkspace}/${path}`;
  return literal(joined.startsWith('.') ? joined : `./${joined}`);
}
