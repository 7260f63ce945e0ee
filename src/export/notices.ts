import type { Workspace } from '../model/workspace.ts';
import type { ImageFacts } from './dockerfile.ts';
import { gatewayPort } from './locations.ts';

/** Docker's own pools hold about thirty networks. */
const manyNetworks = 25;

/** What of a workspace Compose does otherwise, in a sentence each. */
export function noticesOf(
  { gateway, isolation, services }: Workspace,
  images: ReadonlyMap<string, ImageFacts>,
): readonly string[] {
  const unchecked = services.filter(({ name }) => {
    const image = images.get(name);
    return image !== undefined && !image.hasNode && !image.hasHealthcheck;
  });
  return [
    ...(gateway.port === 'auto' ? [`the gateway is published on ${gatewayPort}; GATEWAY_PORT moves it`] : []),
    ...unchecked.map(
      ({ name }) =>
        `docker compose up --wait does not wait for ${name} itself: its image names nothing to check it with`,
    ),
    ...(isolation === 'strict' && services.length > manyNetworks
      ? ['isolation: strict takes a network for each service, and Docker has addresses for about 30']
      : []),
  ];
}
