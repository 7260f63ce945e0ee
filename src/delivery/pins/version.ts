/** What a tag says: `v7.0.1`, `v7`, `29.7.2-cli`. */
export interface Version {
  readonly numbers: readonly number[];
  /** What stands behind the numbers and makes it another variant: `-cli`. */
  readonly suffix: string;
}

/** Undefined for what is no version, as the name of a branch. */
export function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d+(?:\.\d+){0,3})(-[\w.-]+)?$/.exec(text);
  if (match === null) return undefined;
  const [, numbers = '', suffix = ''] = match;
  return { numbers: numbers.split('.').map(Number), suffix };
}

/** `within`: the text is shorter and may mean any release of that line, as `v7` does of 7.0.1. */
export type Order = 'older' | 'same' | 'newer' | 'within';

export function compareVersions(version: Version, known: Version): Order {
  for (const [index, part] of version.numbers.entries()) {
    const other = known.numbers[index] ?? 0;
    if (part !== other) return part < other ? 'older' : 'newer';
  }
  return version.numbers.length < known.numbers.length ? 'within' : 'same';
}
