/** A command that is refused: the message is the reply as Redis words it, its error code first. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export const syntaxError = 'ERR syntax error';
export const wrongTypeError = 'WRONGTYPE Operation against a key holding the wrong kind of value';
export const notAnIntegerError = 'ERR value is not an integer or out of range';
export const notAFloatError = 'ERR value is not a valid float';
export const noSuchKeyError = 'ERR no such key';
export const indexError = 'ERR index out of range';
export const notPositiveError = 'ERR value is out of range, must be positive';

/** Stops the command with a reply that says why. */
export function refuse(message: string): never {
  throw new CommandError(message);
}
