import type { Engine, EngineKind, Place, SystemOnMachine } from './engine.ts';

/** The engines of this machine. */
export interface Engines {
  /** Whether it can be used now. Quick, also when the answer is no. */
  readonly probe: (kind: EngineKind) => Promise<EngineFacts>;
  /** Throws MSA_ENGINE_UNAVAILABLE with the remedy. */
  readonly open: (kind: EngineKind, place: Place) => Promise<Engine>;
  /** Every system of ours on this machine, in both engines. */
  readonly list: () => Promise<readonly SystemOnMachine[]>;
}

export interface EngineFacts {
  readonly available: boolean;
  /** Why it is not, or what it is (`Docker 26.1.5`), in a few words. */
  readonly detail: string;
}
