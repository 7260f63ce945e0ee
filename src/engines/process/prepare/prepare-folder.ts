import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { inspectFolder, type FolderProgram } from '../programs/inspect-folder.ts';
import type { Installation } from '../programs/installation.ts';
import { readMarker, removeMarker, writeMarker } from './markers.ts';
import { runStep, type StepRunner } from './run-step.ts';

export interface Preparation extends StepRunner {
  readonly root: string;
  /** Under which the outcome is known. */
  readonly key: string;
  readonly prepare: readonly (readonly string[])[];
  readonly command: readonly string[] | undefined;
}

/** Makes a folder ready to run: packages when what they follow from has changed, then the build or the steps given. */
export async function prepareFolder(preparation: Preparation): Promise<void> {
  const { root, directory, key } = preparation;
  const program = await inspectFolder(preparation);
  const marker = await readMarker(root, directory);
  const { installation } = program;
  const installed = installation && (await installationHash(directory, installation));
  const steps = [...program.steps];
  if (installation !== undefined && !(await isInstalled(preparation, installation, marker?.installed)))
    steps.unshift(installation.command);
  // From here until all is done, nothing is known of the folder.
  await removeMarker(root, directory);
  for (const step of steps) await runStep(preparation, step);
  await writeMarker(root, { key, directory, installed, outcome: outcomeOf(program) });
}

/** By our own note, and where we have none, by what the package manager notes: people install by themselves, too. */
async function isInstalled(
  { directory }: Preparation,
  install: Installation,
  noted: string | undefined,
): Promise<boolean> {
  if (!existsSync(join(directory, 'node_modules'))) return false;
  if (noted !== undefined) return noted === (await installationHash(directory, install));
  const [receipt, source] = await Promise.all(
    [install.receipt, install.source].map((path) => mtimeOf(join(directory, path))),
  );
  return receipt !== undefined && source !== undefined && receipt >= source;
}

/** Of the lock file and of the runtime that native parts are built for. */
async function installationHash(directory: string, { source }: Installation): Promise<string> {
  const content = await readFile(join(directory, source));
  return createHash('sha256').update(process.versions.modules).update(content).digest('hex');
}

function outcomeOf({ installation, outcome }: FolderProgram): readonly string[] {
  return installation === undefined ? outcome : ['node_modules', ...outcome];
}

async function mtimeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return undefined;
  }
}
