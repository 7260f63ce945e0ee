/** The rule for names of workspaces and services, for schemas; nameProblem says it in words. */
export const namePattern = /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/**
 * Names no service can have: the platform's own parts and policy words, network names that mean something else, and
 * names whose `<NAME>_URL` is already a variable of the contract (`database` would be DATABASE_URL).
 */
export const reservedServiceNames: readonly string[] = [
  'config',
  'database',
  'gateway',
  'internal',
  'localhost',
  'postgres',
  'public',
  'redis',
  'registry',
];

const maxNameLength = 40;

/** Says what keeps a text from being a name, as the rest of a sentence that begins with "must"; undefined when nothing. */
export function nameProblem(name: string): string | undefined {
  if (namePattern.test(name)) return undefined;
  if (name === '') return 'must not be empty';
  if (name.length > maxNameLength) return `must have at most ${maxNameLength} characters (this has ${name.length})`;
  if (!/^[a-z]/.test(name)) return 'must begin with a lower-case letter';
  if (name.endsWith('-')) return 'must not end with a hyphen';
  return 'must consist of lower-case letters, digits and hyphens (it becomes a host name)';
}

/** Says what keeps a text from being a service's name, as nameProblem does; undefined when nothing. */
export function serviceNameProblem(name: string): string | undefined {
  if (reservedServiceNames.includes(name)) return 'must be another name: msa uses this one itself';
  return nameProblem(name);
}

/**
 * The variable that tells a service where it reaches one it calls: `user-profile` gives USER_PROFILE_URL. Two names
 * never give the same variable, because a name has no underscore and no capitals.
 */
export function calleeVariable(serviceName: string): string {
  return `${serviceName.toUpperCase().replaceAll('-', '_')}_URL`;
}
