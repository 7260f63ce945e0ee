import type { WatchState } from '../../protocol/watch.ts';
import type { Services } from './services.ts';
import { noRouting } from './targets.ts';
import type { Routing, Targets } from './targets.ts';

/** The state the gateway works by at this moment. */
export class Current {
  readonly services: Services;
  private readonly targets: Targets;
  state: WatchState | undefined;
  routing: Routing = noRouting;

  constructor(services: Services, targets: Targets) {
    this.services = services;
    this.targets = targets;
  }

  /** Takes the next state, unless it is that of a registry that has lost its memory: then ours is the better one. */
  take(next: WatchState): boolean {
    if (next.system === null && this.state?.system) return false;
    this.state = next;
    this.routing = this.targets.routingOf(next);
    return true;
  }
}
