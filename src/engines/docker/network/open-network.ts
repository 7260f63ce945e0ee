import type { NetworkCreateOptions } from 'dockerode';

import { MsaError } from '../../../model/errors.ts';
import { labels } from '../containers/labels.ts';
import { findNetwork } from '../containers/snapshot.ts';
import type { Session } from '../session.ts';
import { describeRange } from './subnet.ts';

/** Makes the workspace's network, with the range of addresses that `locate` has chosen for it. */
export async function openNetwork({ daemon, place, options, located }: Session): Promise<void> {
  if ((await findNetwork(daemon, place.workspace)) !== undefined) return;
  if (located === undefined) throw new Error('a network is made after it was decided where everything is');
  const { subnet: Subnet, gateway: Gateway, others: IPRange } = describeRange(located.subnet);
  try {
    const network: NetworkCreateOptions = {
      Name: place.workspace,
      Driver: 'bridge',
      CheckDuplicate: true,
      IPAM: { Driver: 'default', Config: [{ Subnet, Gateway, IPRange }] },
      Labels: {
        [labels.workspace]: place.workspace,
        [labels.directory]: place.root,
        [labels.version]: options.version,
      },
    };
    await daemon.send('POST', '/networks/create', { doing: 'make the network', body: network });
  } catch (error) {
    if (!(error instanceof MsaError) || !/overlap/i.test(error.message)) throw error;
    // Environments name addresses of this range already, so another one takes another plan.
    throw new MsaError('MSA_ENGINE_FAILED', `another network has taken the addresses ${Subnet} at this moment`, {
      hint: 'Run msa up again: it takes others',
      cause: error,
    });
  }
}
