import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { MsaError } from '../../../model/errors.ts';
import type { FolderSource } from '../../../ports/engine.ts';
import { installation, type Installation } from './installation.ts';
import { readPackage, type PackageFacts } from './package-json.ts';
import { startCommand } from './start-command.ts';

/** How a folder becomes something that runs. */
export interface FolderProgram {
  readonly command: readonly string[];
  /** Undefined when nothing has to be installed, or `prepare` says how. */
  readonly installation: Installation | undefined;
  /** After the installation, one after the other. */
  readonly steps: readonly (readonly string[])[];
  /** Names in the folder that the steps make. */
  readonly derived: readonly string[];
  /** Without these, relative to the folder, the steps have to be taken again. */
  readonly outcome: readonly string[];
}

/** Finds out what a folder is. Throws MSA_SERVICE_UNRUNNABLE for one that cannot run as a plain process. */
export async function inspectFolder(source: FolderSource): Promise<FolderProgram> {
  const { directory, prepare } = source;
  if (!existsSync(directory)) throw missingError(source);
  const facts = await readPackage(directory);
  const command = source.command ?? (facts && startCommand(facts));
  if (command === undefined) throw unrunnableError(source, facts);
  if (prepare.length > 0)
    return { command, installation: undefined, steps: prepare, derived: madeByBuilds, outcome: [] };
  if (facts === undefined) return { command, installation: undefined, steps: [], derived: [], outcome: [] };
  const hasBuild = facts.scripts['build'] !== undefined;
  return {
    command,
    installation: facts.hasDependencies ? installation(directory) : undefined,
    steps: hasBuild ? [['npm', 'run', '--silent', 'build']] : [],
    derived: hasBuild ? madeByBuilds : [],
    outcome: hasBuild ? builtEntry(command) : [],
  };
}

/** Whether `build` has anything to do for it. */
export function needsPreparation({ installation: install, steps }: FolderProgram): boolean {
  return install !== undefined || steps.length > 0;
}

/** Where builds put what they make, and tools what they remember. */
const madeByBuilds: readonly string[] = [
  '.next',
  '.tsbuildinfo',
  'build',
  'dist',
  'out',
  'target',
  'tsconfig.tsbuildinfo',
];

/** `dist/main.js` of `node --enable-source-maps dist/main.js`: somebody may remove it. */
function builtEntry(command: readonly string[]): readonly string[] {
  const entry = command[0] === 'node' ? command.find((word) => /^[^-].*\.[cm]?js$/.test(word)) : undefined;
  return entry === undefined ? [] : [entry];
}

function missingError({ service, directory }: FolderSource): MsaError {
  return new MsaError('MSA_SERVICE_UNRUNNABLE', `the folder of ${service} is missing: ${directory}`, {
    hint: `Restore it, or remove the service: msa rm service ${service}`,
  });
}

function unrunnableError({ service, directory }: FolderSource, facts: PackageFacts | undefined): MsaError {
  const hint = `Say what to run in msa.yaml, services.${service}.command, or use Docker: msa up --engine docker`;
  if (facts !== undefined)
    return new MsaError('MSA_SERVICE_UNRUNNABLE', `${service} has no start script in its package.json`, { hint });
  return new MsaError(
    'MSA_SERVICE_UNRUNNABLE',
    `${service} has ${whatIsThere(directory)}, and msa.yaml gives it no command`,
    { hint },
  );
}

function whatIsThere(directory: string): string {
  if (existsSync(join(directory, 'package.json'))) return 'a package.json that is not JSON';
  return existsSync(join(directory, 'Dockerfile')) ? 'only a Dockerfile, which needs Docker' : 'no package.json';
}
