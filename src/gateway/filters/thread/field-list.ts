import { fieldProblem } from '../field-rules.ts';
import type { FieldChange } from '../messages.ts';

/** The header fields of a message as a filter sees and changes them; what is changed is kept as a list of changes. */
export class FieldList {
  readonly changes: FieldChange[] = [];
  private list: (readonly [string, string])[];

  /** Takes name and value in turn. */
  constructor(fields: readonly string[]) {
    this.list = [];
    for (let index = 0; index < fields.length; index += 2)
      this.list.push([(fields[index] ?? '').toLowerCase(), fields[index + 1] ?? '']);
  }

  get(name: string): string | undefined {
    const values = this.valuesOf(name);
    return values.length === 0 ? undefined : values.join(', ');
  }

  getAll(name: string): string[] {
    return this.valuesOf(name);
  }

  has(name: string): boolean {
    return this.valuesOf(name).length > 0;
  }

  set(name: string, value: unknown): void {
    const [key, text] = checked(name, value);
    this.list = this.list.filter(([known]) => known !== key);
    this.list.push([key, text]);
    this.changes.push(['set', key, text]);
  }

  append(name: string, value: unknown): void {
    const [key, text] = checked(name, value);
    this.list.push([key, text]);
    this.changes.push(['append', key, text]);
  }

  delete(name: string): void {
    const [key] = checked(name, '');
    this.list = this.list.filter(([known]) => known !== key);
    this.changes.push(['delete', key, '']);
  }

  entries(): [string, string][] {
    return this.list.map(([name, value]) => [name, value]);
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries()[Symbol.iterator]();
  }

  private valuesOf(name: string): string[] {
    const key = name.toLowerCase();
    return this.list.flatMap(([known, value]) => (known === key ? [value] : []));
  }
}

/** Checked here too, so that the error names the line of the filter that wrote it. */
function checked(name: unknown, value: unknown): [string, string] {
  const [key, text] = [String(name).toLowerCase(), String(value).trim()];
  const problem = fieldProblem(key, text);
  if (problem !== undefined) throw new TypeError(problem);
  return [key, text];
}
