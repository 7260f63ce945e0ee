import type { ProcessIdentity } from '../../protocol/supervisor-api.ts';

/** A process of this machine, as far as this user may see it. Ended ones that nobody has waited for are not listed. */
export interface ProcessFacts extends ProcessIdentity {
  readonly parent: number;
  readonly group: number;
}

export interface ListeningSocket {
  readonly address: string;
  readonly port: number;
}
