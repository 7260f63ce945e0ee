/** The rule for names of filters, for schemas; filterNameProblem says it in words. */
export const filterNamePattern = /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** The file with the types stands beside the filters. */
const reservedName = 'msa-filters';

/** Says what keeps a text from being a filter's name, as the rest of a sentence; undefined when nothing. */
export function filterNameProblem(name: string): string | undefined {
  if (name === reservedName) return 'must be another name: the file with the types of filters has this one';
  if (filterNamePattern.test(name)) return undefined;
  return 'must be the name of a file in gateway/filters without `.ts`: at most 40 lower-case letters, digits and hyphens, a letter first';
}
