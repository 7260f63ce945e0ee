import { closest } from '../closest.ts';
import type { FilterUseDraft } from '../filter-drafts.ts';
import type { Finding } from '../problem.ts';
import type { WorkspaceDraft } from '../workspace-draft.ts';

/** A list names each filter once, and the services that filters may choose are there. Files are looked at elsewhere. */
export function checkFilters({ services, filters }: WorkspaceDraft): readonly Finding[] {
  const names = services.map(({ name }) => name);
  return [...twice(filters), ...filters.flatMap((use) => unknownServices(use, names))];
}

function twice(uses: readonly FilterUseDraft[]): readonly Finding[] {
  const seen = new Map<string, FilterUseDraft>();
  return uses.flatMap((use) => {
    const key = JSON.stringify([use.list, use.name]);
    const other = seen.get(key);
    seen.set(key, other ?? use);
    if (other === undefined) return [];
    const message = `\`${use.name}\` is in the list twice.`;
    return [{ path: use.path, message, hint: 'Keep one of the two.', other: other.path }];
  });
}

function unknownServices({ name, services }: FilterUseDraft, known: readonly string[]): readonly Finding[] {
  return services.flatMap(({ text, path }) => {
    if (known.includes(text)) return [];
    const near = closest(text, known);
    const all =
      known.length === 0 ? 'There are no services yet.' : `The services are: ${known.slice(0, 10).join(', ')}.`;
    const hint = near === undefined ? all : `Did you mean \`${near}\`?`;
    return [{ path, message: `There is no service \`${text}\` for the filter \`${name}\` to choose.`, hint }];
  });
}
