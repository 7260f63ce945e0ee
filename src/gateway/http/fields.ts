/** Header fields as the gateway keeps them: name and value in turn, in the order they came, names as they were written. */
type Fields = readonly string[];

/** The value of the first field of this name; `lower` is the name in lower case. */
export function fieldOf(fields: Fields, lower: string): string | undefined {
  for (let index = 0; index < fields.length; index += 2) {
    if (fields[index]?.toLowerCase() === lower) return fields[index + 1];
  }
  return undefined;
}

/** All values of a name joined as a list; undefined when there is none. Not for Set-Cookie (RFC 9110, 5.3). */
export function listOf(fields: Fields, lower: string): string | undefined {
  let list: string | undefined;
  for (let index = 0; index < fields.length; index += 2) {
    const value = fields[index + 1] ?? '';
    if (fields[index]?.toLowerCase() === lower) list = list === undefined ? value : `${list}, ${value}`;
  }
  return list;
}

/** Takes every field of this name out, in place. */
export function removeField(fields: string[], lower: string): void {
  let kept = 0;
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? '';
    if (name.toLowerCase() === lower) continue;
    fields[kept] = name;
    fields[kept + 1] = fields[index + 1] ?? '';
    kept += 2;
  }
  fields.length = kept;
}

/** Leaves one field of this name, with this value, in place. */
export function setField(fields: string[], lower: string, value: string): void {
  removeField(fields, lower);
  fields.push(lower, value);
}
