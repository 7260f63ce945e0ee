import { refuse } from '../command-error.ts';

const printable = /^[!-~]*$/;

/** Reads a name for a connection, which CLIENT LIST must be able to show in one word. */
export function readClientName(text: string): string {
  if (printable.test(text)) return text;
  return refuse('ERR Client names cannot contain spaces, newlines or special characters.');
}

/** Reads what a client library says of itself. */
export function readLibraryFact(attribute: string, text: string): string {
  if (printable.test(text)) return text;
  return refuse(`ERR ${attribute} cannot contain spaces, newlines or special characters.`);
}
