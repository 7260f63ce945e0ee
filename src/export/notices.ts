import type { Workspace } from '../model/workspace.ts';
import { gatewayPort } from '../plan/containers.ts';
import { certificateNotice } from './certificate.ts';

/** Docker's own pools hold about thirty networks. */
const manyNetworks = 25;

/** What of a workspace Compose does otherwise, in a sentence each. */
export function noticesOf({ gateway, isolation, services }: Workspace): readonly string[] {
  return [
    ...(gateway.port === 'auto' ? [`the gateway is published on ${gatewayPort}; GATEWAY_PORT moves it`] : []),
    ...(gateway.tls?.kind === 'local' ? [certificateNotice] : []),
    ...(isolation === 'strict' && services.length > manyNetworks
      ? ['isolation: strict takes a network for each service, and Docker has addresses for about 30']
      : []),
  ];
}
