import type { Plan } from './operation.ts';

/** A plan for people, a line for each operation with its cause. */
export function renderPlan({ operations }: Plan): readonly string[] {
  const width = Math.max(0, ...operations.map(({ id }) => id.length));
  return operations.map(({ id, cause }) => `${id.padEnd(width)}  ${cause}`);
}
