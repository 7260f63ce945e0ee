/** What one client, and all of them together, may use. Beyond a limit the client gets an error or is disconnected. */
export interface Limits {
  readonly maxClients: number;
  /** The longest value, and so the longest argument. */
  readonly maxStringBytes: number;
  readonly maxArguments: number;
  /** A command that is still arriving, or all commands that wait for EXEC. */
  readonly maxRequestBytes: number;
  /** From here on nothing more is read from a client until it has read its replies. */
  readonly pauseOutputBytes: number;
  readonly maxOutputBytes: number;
  /** The same for a subscriber, whom nothing slows down. */
  readonly maxPushBytes: number;
  /** For commands whose count, not whose data, makes the reply long, such as SRANDMEMBER with a negative one. */
  readonly maxRepeats: number;
  /** After so many instructions of Lua a script is ended. */
  readonly maxScriptInstructions: number;
}

const mebibyte = 1024 * 1024;

export const defaultLimits: Limits = {
  maxClients: 10_000,
  maxStringBytes: 64 * mebibyte,
  maxArguments: mebibyte,
  maxRequestBytes: 256 * mebibyte,
  pauseOutputBytes: 16 * mebibyte,
  maxOutputBytes: 256 * mebibyte,
  maxPushBytes: 32 * mebibyte,
  maxRepeats: mebibyte,
  maxScriptInstructions: 20_000_000,
};
