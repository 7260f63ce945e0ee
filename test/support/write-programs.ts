import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Scripts that stand in for programs, by name, in a folder for the front of a PATH, which it gives back. */
export async function writePrograms(folder: string, programs: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o755);
  }
  return folder;
}
