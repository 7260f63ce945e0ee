import { openMatches, servicesOf } from '../../protocol/route-services.ts';
import type { WatchState } from '../../protocol/watch.ts';
import { takesHost } from '../route/hosts.ts';
import type { Routing } from '../state/targets.ts';

interface Link {
  readonly rel: string;
  readonly method: 'GET';
  readonly href: string;
  readonly title: string;
}

/** How the client reached the gateway. */
export interface Visitor {
  /** What addresses begin with. */
  readonly base: string;
  readonly authority: string | undefined;
}

/** The entry point of the whole system: one link per route, in the form that services made by msa use. */
export function describeEntry(state: WatchState | undefined, routing: Routing, visitor: Visitor): object {
  const { base } = visitor;
  const name = state?.system?.name ?? '';
  const entries = entriesOf(routing, visitor);
  const links: Link[] = [
    { rel: 'self', method: 'GET', href: `${base}/`, title: 'What there is' },
    ...entries.map(({ rel, path, title }): Link => ({ rel, method: 'GET', href: base + path, title })),
    {
      rel: 'service-desc',
      method: 'GET',
      href: `${base}/openapi.json`,
      title: 'The contract of all services (OpenAPI)',
    },
    ...entries.map(({ rel }): Link => {
      return { rel: 'describedby', method: 'GET', href: `${base}/rels/${rel}`, title: `What "${rel}" means` };
    }),
  ];
  return { title: name, links };
}

interface Entry {
  readonly rel: string;
  readonly path: string;
  /** Empty where the gateway answers by itself. */
  readonly services: string;
  readonly title: string;
}

/** The routes that take a simple request of this visitor, by path; what only leads elsewhere is left out. */
export function entriesOf({ routes }: Routing, { authority }: Visitor): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const { declared } of routes) {
    if (declared.policy?.redirect || !takesHost(declared.hosts, authority)) continue;
    const services = servicesOf(declared).join(', ');
    for (const match of openMatches(declared)) {
      const path = match.path || '/';
      const title = services === '' ? `What is at ${path}` : `${services} at ${path}`;
      if (!entries.has(path)) entries.set(path, { rel: relationOf(path, services), path, services, title });
    }
  }
  return [...entries.values()].toSorted((left, right) => (left.path < right.path ? -1 : 1));
}

/** `/orders` is the relation `orders`, `/api/users` is `api-users`. */
function relationOf(path: string, services: string): string {
  const words = path.match(/[A-Za-z0-9]+/g) ?? services.match(/[A-Za-z0-9]+/g) ?? ['home'];
  return words.join('-').toLowerCase();
}
