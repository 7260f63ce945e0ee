import { formatPath, type Path } from './problem.ts';
import { asMapping } from './yaml/mapping.ts';

/** A filter where `msa.yaml` names it. */
export interface FilterUseDraft {
  readonly name: string;
  readonly path: Path;
  /** The list it stands in. */
  readonly list: string;
  readonly services: readonly { readonly text: string; readonly path: Path }[];
}

/** Every use of a filter in a file's values: on routes, on calls, and for all public routes. */
export function draftFilters(root: unknown): readonly FilterUseDraft[] {
  const gateway = asMapping(asMapping(root)?.['gateway']);
  const services = Object.entries(asMapping(asMapping(root)?.['services']) ?? {});
  return [
    ...usesIn(gateway?.['defaults'], ['gateway', 'defaults']),
    ...usesInList(gateway?.['routes'], ['gateway', 'routes']),
    ...services.flatMap(([name, service]) => [
      ...usesInList(asMapping(service)?.['routes'], ['services', name, 'routes']),
      ...usesInList(asMapping(service)?.['calls'], ['services', name, 'calls']),
    ]),
  ];
}

function usesInList(value: unknown, path: Path): readonly FilterUseDraft[] {
  return asList(value).flatMap((item, index) => usesIn(item, [...path, index]));
}

function usesIn(value: unknown, path: Path): readonly FilterUseDraft[] {
  const list = [...path, 'filters'];
  return asList(asMapping(value)?.['filters']).flatMap((use, index) => draftUse(use, [...list, index], list));
}

function draftUse(use: unknown, path: Path, list: Path): readonly FilterUseDraft[] {
  if (typeof use === 'string') return [{ name: use, path, list: formatPath(list), services: [] }];
  const mapping = asMapping(use);
  const name = mapping?.['filter'];
  if (typeof name !== 'string') return [];
  const services = asList(mapping?.['services']).flatMap((text, index) =>
    typeof text === 'string' ? [{ text, path: [...path, 'services', index] }] : [],
  );
  return [{ name, path: [...path, 'filter'], list: formatPath(list), services }];
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
