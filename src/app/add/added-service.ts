import type { WrittenService } from '../../model/schema/workspace-schema.ts';
import { serviceNameProblem } from '../../protocol/names.ts';

/** Something that exists, as it will stand in `msa.yaml`. */
export interface AddedService {
  readonly name: string;
  readonly entry: WrittenService;
  /** What could not be taken over, or deserves a second look. */
  readonly notes: readonly string[];
}

/** The nearest name a service can have: `My_App` becomes `my-app`; undefined when nothing is left of it. */
export function serviceNameFrom(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  if (serviceNameProblem(name) === undefined) return name;
  const own = `${name}-service`;
  return serviceNameProblem(own) === undefined ? own : undefined;
}
