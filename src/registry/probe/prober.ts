import type { Instance } from '../../protocol/instances.ts';
import type { SystemHealth } from '../../protocol/system.ts';
import type { Store } from '../store.ts';
import { judge, type Health, type ProbeResult } from './judge.ts';
import { probeDelayMs } from './probe-delay.ts';
import type { ProbeTarget } from './probe-target.ts';

export interface ProberDeps {
  readonly store: Store;
  readonly probe: (target: ProbeTarget) => Promise<ProbeResult>;
  readonly random: () => number;
  readonly now: () => number;
}

/** Probes since the start, by how they ended. */
export interface ProbeCounts {
  good: number;
  failed: number;
}

/** One probed instance; replaced by a new one when the instance moves. */
interface Watched {
  readonly instance: Instance;
  /** How it is asked. */
  readonly check: SystemHealth;
  readonly key: string;
  health: Health;
  /** When it took its status. */
  sinceMs: number;
  timer: NodeJS.Timeout | undefined;
}

/** Asks every instance again and again and tells the store what follows. */
export class Prober {
  readonly counts: ProbeCounts = { good: 0, failed: 0 };
  readonly #deps: ProberDeps;
  readonly #watched = new Map<string, Watched>();
  readonly #unsubscribe: () => void;

  constructor(deps: ProberDeps) {
    this.#deps = deps;
    this.#unsubscribe = deps.store.onChange(() => this.#follow());
    this.#follow();
  }

  stop(): void {
    this.#unsubscribe();
    for (const id of this.#watched.keys()) this.#drop(id);
  }

  /** Probes what there is now: draining instances are on their way out, unknown services have no health path. */
  #follow(): void {
    const { instances, system } = this.#deps.store;
    const healths = new Map(system?.services.map(({ name, health }) => [name, health]));
    const wanted = new Map(
      instances.flatMap((instance) => {
        const check = healths.get(instance.service);
        return check === undefined || instance.status === 'draining'
          ? []
          : [[instance.id, { instance, check }] as const];
      }),
    );
    for (const [id, { key }] of this.#watched) if (keyOf(wanted.get(id)) !== key) this.#drop(id);
    for (const [id, { instance, check }] of wanted) if (!this.#watched.has(id)) this.#begin(instance, check);
  }

  #begin(instance: Instance, check: SystemHealth): void {
    const { status, problem } = instance;
    const watched: Watched = {
      instance,
      check,
      key: keyOf({ instance, check }),
      health: { status: status === 'draining' ? 'starting' : status, problem, failures: 0 },
      sinceMs: this.#deps.now(),
      timer: undefined,
    };
    this.#watched.set(instance.id, watched);
    // After the change that brought it is complete.
    watched.timer = setTimeout(() => void this.#probe(watched), 0);
  }

  #drop(id: string): void {
    clearTimeout(this.#watched.get(id)?.timer);
    this.#watched.delete(id);
  }

  async #probe(watched: Watched): Promise<void> {
    const { address, port, id } = watched.instance;
    const result = await this.#deps.probe({ address, port, health: watched.check });
    if (this.#watched.get(id) !== watched) return;
    this.counts[result.ok ? 'good' : 'failed']++;
    const before = watched.health.status;
    watched.health = judge(watched.health, result);
    if (watched.health.status !== before) watched.sinceMs = this.#deps.now();
    this.#deps.store.setHealth(id, watched.health);
    if (this.#watched.get(id) === watched) this.#schedule(watched);
  }

  #schedule(watched: Watched): void {
    const inStatusMs = this.#deps.now() - watched.sinceMs;
    const delayMs = probeDelayMs(watched.health, inStatusMs, this.#deps.random);
    watched.timer = setTimeout(() => void this.#probe(watched), delayMs);
  }
}

/** What a loop of probes stands on: when any of it changes, a new one begins. */
function keyOf(wanted: Pick<Watched, 'instance' | 'check'> | undefined): string {
  if (wanted === undefined) return '';
  const { instance, check } = wanted;
  return JSON.stringify([instance.service, instance.address, instance.port, check]);
}
