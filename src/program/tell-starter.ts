import { fstatSync, writeSync } from 'node:fs';

const controlDescriptor = 3;

/** Tells whoever started this program, on the channel kept for that if there is one, else on stdout. */
export function tellStarter(message: object): void {
  const line = `${JSON.stringify(message)}\n`;
  if (!writeToControl(line)) process.stdout.write(line);
}

function writeToControl(line: string): boolean {
  try {
    const stats = fstatSync(controlDescriptor);
    // Without such a channel the number belongs to Node's own event queue.
    if (!stats.isFIFO() && !stats.isSocket() && !stats.isFile()) return false;
    writeSync(controlDescriptor, line);
    return true;
  } catch {
    return false;
  }
}
