import { stackOf, type Stacks } from '../../../delivery/stacks.ts';
import type { Outline } from '../../../model/outline.ts';
import type { Version } from './workspace-at.ts';

export async function findStacks(
  version: Version,
  services: readonly { readonly name: string; readonly path: string }[],
): Promise<Stacks> {
  const namesIn = new Map<string, Set<string>>();
  for (const path of await version.list([...new Set(services.map((service) => service.path))])) {
    const cut = path.lastIndexOf('/');
    const folder = cut === -1 ? '.' : path.slice(0, cut);
    const names = namesIn.get(folder) ?? new Set();
    namesIn.set(folder, names.add(path.slice(cut + 1)));
  }
  const stacks = new Map(services.map(({ name, path }) => [name, stackOf(namesIn.get(path) ?? new Set()).id]));
  return { of: (name) => stacks.get(name) ?? 'docker', all: new Set(stacks.values()) };
}

/** The services that have a folder. */
export function foldersOf({ services }: Outline): readonly { readonly name: string; readonly path: string }[] {
  return services.flatMap(({ name, source }) => (source.kind === 'folder' ? [{ name, path: source.path }] : []));
}
