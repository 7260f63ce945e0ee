import type { Instance, InstanceStatus } from '../../protocol/instances.ts';
import { hashText } from './hash-text.ts';
import { Pace } from './pace.ts';

/** What a failed try says of the instance: nobody took the connection, or somebody took the request and broke off. */
export type FailureKind = 'connect' | 'reset';

/** Why an instance is out: as above, or it has answered nothing but 5xx for a while. */
export type EjectionKind = FailureKind | 'errors';

/** What carries requests to one address; made anew when the program behind the address has died. */
interface Upstream {
  /** Lets requests in flight finish. */
  close(): void;
}

/** One instance as the gateway knows it: what the registry says of it, and what its own requests have met. */
export class Endpoint<U extends Upstream = Upstream> {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  /** The id as a number, for consistent hashing. */
  readonly seed: number;
  status: InstanceStatus;
  /** When it last came up, as far as the gateway knows. */
  upSince: number;
  /** Has taken requests before, so it may again although the registry has not seen it do so lately. */
  wasUp = false;
  inFlight = 0;
  /** Known only where a policy asks for it. */
  readonly pace = new Pace();
  /** In a row, since the last answer. */
  failures = 0;
  /** Answers of 5xx in a row, counted only where a policy asks for it. */
  errors = 0;
  /** Why it is out; undefined when it is not. */
  ejectedBy: EjectionKind | undefined;
  /** How often it has been taken out since the gateway knows it. */
  ejections = 0;
  /** No longer one of the service's instances. */
  gone = false;
  upstream: U;
  private since: string;
  private readonly connect: (address: string, port: number) => U;
  private readonly now: () => number;

  constructor(
    instance: Instance,
    connect: (address: string, port: number) => U,
    now: () => number = () => performance.now(),
  ) {
    this.id = instance.id;
    this.seed = hashText(instance.id);
    this.now = now;
    this.upSince = now();
    this.address = instance.address;
    this.port = instance.port;
    this.status = instance.status;
    this.since = instance.since;
    this.connect = connect;
    this.upstream = connect(instance.address, instance.port);
    this.noteStatus();
  }

  isAt({ address, port }: Instance): boolean {
    return this.address === address && this.port === port;
  }

  /** Takes what the registry says now. Having come up since then counts more than failures before. */
  update({ status, since }: Instance): void {
    const hasComeUp = status === 'up' && (this.status !== 'up' || since !== this.since);
    this.status = status;
    this.since = since;
    this.noteStatus();
    if (!hasComeUp) return;
    this.upSince = this.now();
    this.succeed();
  }

  /** Takes it out; false when it was out already: failures meanwhile belong to the same incident. */
  eject(kind: EjectionKind): boolean {
    const wasOut = this.ejectedBy !== undefined;
    this.errors = 0;
    if (kind === 'connect' && this.ejectedBy !== 'connect') this.renewUpstream();
    if (kind === 'connect' || !wasOut) this.ejectedBy = kind;
    if (wasOut) return false;
    this.failures += 1;
    this.ejections += 1;
    return true;
  }

  /** Nobody listens there now, either. */
  noteStillGone(): void {
    this.eject('connect');
    this.failures += 1;
  }

  /** Lets requests go there again; only an answer shows that all is well. */
  readmit(): void {
    // Where nobody took connections, a new program does now.
    if (this.ejectedBy === 'connect') this.upSince = this.now();
    this.ejectedBy = undefined;
  }

  succeed(): void {
    this.errors = 0;
    if (this.failures === 0) return;
    this.failures = 0;
    this.readmit();
  }

  close(): void {
    this.gone = true;
    this.upstream.close();
  }

  private noteStatus(): void {
    if (this.status === 'up' || this.status === 'down') this.wasUp = true;
  }

  /** Idle connections to a program that is gone may look open for long: its network can have gone with it. */
  private renewUpstream(): void {
    const old = this.upstream;
    this.upstream = this.connect(this.address, this.port);
    old.close();
  }
}
