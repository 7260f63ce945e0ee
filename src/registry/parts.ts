import type { GatewayLeases } from './gateway-leases.ts';
import type { Prober } from './probe/prober.ts';
import type { Store } from './store.ts';
import type { Watchers } from './watchers.ts';

/** What the registry consists of, as its API reaches it. */
export interface Parts {
  readonly store: Store;
  readonly prober: Prober;
  readonly watchers: Watchers;
  readonly gateways: GatewayLeases;
}
