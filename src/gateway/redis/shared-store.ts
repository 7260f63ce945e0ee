/** What Redis answers; texts come as bytes. */
export type StoreReply = Buffer | string | number | null | readonly StoreReply[];

export type StoreCommand = readonly (string | Buffer)[];

/** What gateways share. Nothing of it ever rejects or keeps a request waiting for long: no answer is an answer too. */
export interface SharedStore {
  /** False while it is gone, stands still, or nothing needs it: then whoever asks gets nothing, at once. */
  readonly answers: boolean;
  /** Undefined: there is no answer in time, or it is an error. */
  send(command: StoreCommand): Promise<StoreReply | undefined>;
  /** Runs a script as a whole, with nothing in between. */
  run(script: Script, keys: readonly string[], parameters: readonly string[]): Promise<StoreReply | undefined>;
}

/** A script in Redis' own language, and the name by which Redis remembers it. */
export interface Script {
  readonly text: string;
  readonly sha1: string;
}

/** For a gateway that was told of no Redis. */
export const noStore: SharedStore = {
  answers: false,
  send: () => Promise.resolve(undefined),
  run: () => Promise.resolve(undefined),
};
