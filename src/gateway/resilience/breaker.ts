import type { BreakerPolicy } from '../../protocol/policies/breaker.ts';
import { CountWindow, TimeWindow } from './window.ts';
import type { Window } from './window.ts';

export const breakerStates = ['closed', 'open', 'half-open'] as const;
export type BreakerState = (typeof breakerStates)[number];

/** Leave to send a request; to be given back with `settle` or `forget`. All of one time share one. */
export interface Admission {
  /** It is one of the few by which it is found out whether the service works again. */
  readonly probe: boolean;
}

/** How a request went that had leave to be sent. */
export interface Verdict {
  readonly failed: boolean;
  readonly durationMs: number;
}

const open: Admission = { probe: false };

/**
 * Stops requests to a service that fails: closed as long as few enough fail or are slow, open for a while after that,
 * then half-open, where exactly as many requests as the policy says decide what comes next. Answers to requests of an
 * earlier time change nothing.
 */
export class Breaker {
  state: BreakerState = 'closed';
  /** How often it has opened. */
  opened = 0;
  private current: Admission = { probe: false };
  private readonly policy: BreakerPolicy;
  private readonly window: Window;
  private opensUntil = 0;
  private probes = { admitted: 0, done: 0, failed: 0, slow: 0 };

  constructor(policy: BreakerPolicy) {
    this.policy = policy;
    this.window =
      'requests' in policy.window ? new CountWindow(policy.window.requests) : new TimeWindow(policy.window.ms);
  }

  /** Undefined when the request must not be sent. */
  admit(now: number): Admission | undefined {
    if (this.state === 'closed') return this.current;
    if (this.state === 'open') {
      if (now < this.opensUntil) return undefined;
      this.enter('half-open');
    }
    if (this.probes.admitted >= this.policy.probes) return undefined;
    this.probes.admitted += 1;
    return this.current;
  }

  settle(admission: Admission, { failed, durationMs }: Verdict, now: number): void {
    if (admission !== this.current) return;
    const slow = durationMs >= (this.policy.slowAfterMs ?? Infinity);
    if (this.state === 'half-open') return this.settleProbe({ failed, slow }, now);
    this.window.note({ failed, slow }, now);
    if (this.window.total >= this.policy.minimum && this.isTooBad(this.window, this.window.total)) this.open(now);
  }

  /** The request ended without saying anything of the service, as when its client went away. */
  forget(admission: Admission): void {
    if (admission === this.current && this.state === 'half-open') this.probes.admitted -= 1;
  }

  /** In how many whole seconds it is worth asking again. */
  retryAfterSeconds(now: number): number {
    return this.state === 'open' ? Math.max(1, Math.ceil((this.opensUntil - now) / 1000)) : 1;
  }

  private settleProbe({ failed, slow }: { readonly failed: boolean; readonly slow: boolean }, now: number): void {
    const { probes, policy } = this;
    probes.done += 1;
    if (failed) probes.failed += 1;
    if (slow) probes.slow += 1;
    // Those still under way could no longer change it.
    if (this.isTooBad(probes, policy.probes)) this.open(now);
    else if (probes.done >= policy.probes) this.enter('closed');
  }

  private isTooBad({ failed, slow }: { readonly failed: number; readonly slow: number }, total: number): boolean {
    const { failureRate, slowRate = Infinity } = this.policy;
    return failed >= failureRate * total || slow >= slowRate * total;
  }

  private open(now: number): void {
    this.opened += 1;
    this.opensUntil = now + this.policy.openMs;
    this.enter('open');
  }

  private enter(state: BreakerState): void {
    this.state = state;
    this.current = state === 'open' ? open : { probe: state === 'half-open' };
    this.probes = { admitted: 0, done: 0, failed: 0, slow: 0 };
    this.window.clear();
  }
}
