import type { HeaderChanges } from '../../protocol/policies/header-changes.ts';

/** Changes to fields in the form in which they are applied. */
export interface FieldChanges {
  /** In lower case; taken out first. */
  readonly removed: ReadonlySet<string>;
  /** Name and value in turn; put at the end. */
  readonly added: readonly string[];
}

export function compileChanges({ set = {}, add = {}, remove = [] }: HeaderChanges): FieldChanges {
  const names = [...Object.keys(set), ...remove].map((name) => name.toLowerCase());
  return { removed: new Set(names), added: [...Object.entries(set), ...Object.entries(add)].flat() };
}
