import { createOwnPages } from '../own/own-pages.ts';
import type { OwnPagesParts } from '../own/own-pages.ts';
import { refuseAddress } from '../access/access-feature.ts';
import { refuse } from '../problems.ts';
import { findRoute } from '../route/find-route.ts';
import type { ListenerRole } from '../proxy/handle-request.ts';

/** What the public listener does with a request: to the service of its route, or a page of the gateway's own. */
export function createPublicRole(parts: OwnPagesParts): ListenerRole {
  const { current } = parts;
  const ownPages = createOwnPages(parts);
  return {
    name: 'public',
    pseudonym: () => current.routing.pseudonym,
    isTrusted: () => current.routing.isTrusted,
    find: (incoming) => {
      const { path } = incoming;
      const route = findRoute(current.routing.table, incoming);
      const page = ownPages.find(path);
      if (page && (route === undefined || page.length > Math.max(route.declared.path.length, 1)))
        return current.routing.admits(incoming.client.address) ? page.serve : refuseAddress(incoming.client);
      return route ?? refuse('not-found', `No service has a route to ${path}.`);
    },
  };
}
