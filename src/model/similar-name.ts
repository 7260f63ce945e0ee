import { nameProblem } from '../protocol/names.ts';

/** A hint with a good name that looks like a bad one; undefined when nothing of it is left. */
export function similarName(name: string): string | undefined {
  const words = name
    .slice(0, 100)
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const similar = words.join('-');
  return similar === name || nameProblem(similar) !== undefined ? undefined : `For example: \`${similar}\`.`;
}
