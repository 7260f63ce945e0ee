import type { StoreCommand } from './shared-store.ts';

/** A command as Redis reads it: one text where it is made of texts alone, else its parts in turn. */
export function encodeCommand(command: StoreCommand): readonly (string | Buffer)[] {
  const parts: (string | Buffer)[] = [];
  let text = `*${command.length}\r\n`;
  for (const argument of command) {
    if (typeof argument === 'string') {
      text += `$${Buffer.byteLength(argument)}\r\n${argument}\r\n`;
    } else {
      parts.push(`${text}$${argument.length}\r\n`, argument);
      text = '\r\n';
    }
  }
  parts.push(text);
  return parts;
}
