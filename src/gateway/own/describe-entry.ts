import type { WatchState } from '../../protocol/watch.ts';
import type { Routing, Target } from '../state/targets.ts';

interface Link {
  readonly rel: string;
  readonly method: 'GET';
  readonly href: string;
  readonly title: string;
}

/** The entry point of the whole system: one link per route, in the form that services made by msa use. */
export function describeEntry(state: WatchState | undefined, { routes }: Routing, base: string): object {
  const name = state?.system?.name ?? '';
  const byPath = routes.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const links: Link[] = [
    { rel: 'self', method: 'GET', href: `${base}/`, title: 'What there is' },
    ...byPath.map((route) => routeLink(route, base)),
    {
      rel: 'service-desc',
      method: 'GET',
      href: `${base}/openapi.json`,
      title: 'The contract of all services (OpenAPI)',
    },
    ...byPath.map((route): Link => {
      const rel = relationOf(route);
      return { rel: 'describedby', method: 'GET', href: `${base}/rels/${rel}`, title: `What "${rel}" means` };
    }),
  ];
  return { title: name, links };
}

function routeLink(route: Target, base: string): Link {
  const href = `${base}${route.name || '/'}`;
  return { rel: relationOf(route), method: 'GET', href, title: `${route.service.name} at ${route.name || '/'}` };
}

/** `/orders` is the relation `orders`, `/api/users` is `api-users`. */
export function relationOf({ name, service }: Target): string {
  const words = name.match(/[A-Za-z0-9]+/g) ?? [service.name];
  return words.join('-').toLowerCase();
}
