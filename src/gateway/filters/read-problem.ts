import type { ProblemDocument } from '../problems.ts';

/** Reads the problem document that a filter has shaped. Throws when it is none. */
export function readProblem(value: Readonly<Record<string, unknown>>): ProblemDocument {
  const { type, title, status } = value;
  if (typeof type !== 'string' || typeof title !== 'string') throw new TypeError('a problem has a type and a title');
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 400 || status > 599)
    throw new TypeError('the status of a problem is from 400 to 599');
  return { ...value, type, title, status };
}
