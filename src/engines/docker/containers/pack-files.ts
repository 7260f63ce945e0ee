interface PackedFile {
  readonly name: string;
  readonly content: Buffer;
}

interface Ownership {
  /** Number of user and group. */
  readonly owner: number;
  readonly mode: number;
}

const blockBytes = 512;
const nameBytes = 100;

/** Packs a few small files as the ustar archive that the daemon unpacks (POSIX.1-1988; names of at most 100 bytes). */
export function packFiles(files: readonly PackedFile[], ownership: Ownership): Buffer {
  const entries = files.flatMap(({ name, content }) => {
    const padding = Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes);
    return [header(name, content.length, ownership), content, padding];
  });
  return Buffer.concat([...entries, Buffer.alloc(2 * blockBytes)]);
}

function header(name: string, size: number, { owner, mode }: Ownership): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.write(name, 0, nameBytes);
  block.write(octal(mode, 7), 100);
  block.write(octal(owner, 7), 108);
  block.write(octal(owner, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136);
  // The sum is made with spaces in its own place.
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
