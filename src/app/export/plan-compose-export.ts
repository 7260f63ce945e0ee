import { renderComposeFile } from '../../export/compose-file.ts';
import { neededSecrets } from '../../export/locations.ts';
import { noticesOf } from '../../export/notices.ts';
import { platformDirectory, platformFiles, platformPrograms } from '../../export/platform-image.ts';
import { MsaError } from '../../model/errors.ts';
import type { FilterCompiler } from '../../ports/filter-compiler.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { SystemFilter } from '../../protocol/policies/filters.ts';
import { refuseContested } from '../change-report.ts';
import { compileFilters } from '../filters/compile-filters.ts';
import type { OpenWorkspace } from '../open-workspace.ts';
import { joinPath } from '../paths.ts';
import type { PlannedChange } from '../planned-change.ts';
import type { OutputPlace } from './output-place.ts';
import { readEnvFiles, readImages } from './read-source.ts';
import { planSecretFiles } from './secret-files.ts';
import { planWrittenFiles } from './written-files.ts';

export interface ExportDeps {
  readonly files: FileStore;
  /** Loaded when a workspace has filters. */
  readonly filterCompiler: () => Promise<FilterCompiler>;
  readonly sha256: (text: string) => string;
  readonly version: string;
  /** Absolute path of the folder with our own programs. */
  readonly programsDirectory: string;
  /** Absolute path of the folder with the templates msa ships. */
  readonly templatesDirectory: string;
  /** A secret that nobody can guess, of letters and digits. */
  readonly randomText: () => string;
}

/** The Compose file of a workspace as it is for one place, and what to say about it. */
export async function composeFileFor(
  { files, filterCompiler, sha256, version }: Omit<ExportDeps, 'randomText'>,
  opened: OpenWorkspace,
  { composeFile, toWorkspace }: OutputPlace,
): Promise<{ readonly text: string; readonly notes: readonly string[] }> {
  const { workspace } = opened;
  const images = await readImages(files, opened);
  const envFiles = await readEnvFiles(files, opened);
  const filters = await compileFilters({ files, filterCompiler, sha256 }, opened);
  refuseLargeFilters(filters);
  const text = renderComposeFile({
    workspace,
    composeFile,
    toWorkspace,
    images,
    envFiles: envFiles.variables,
    filters,
    version,
    sha256,
  });
  return { text, notes: [...envFiles.notes, ...noticesOf(workspace)] };
}

/** Decides what is written so that the system runs without msa: the Compose file, our own programs, the secrets. */
export async function planComposeExport(
  deps: ExportDeps,
  opened: OpenWorkspace,
  { place, force }: { readonly place: OutputPlace; readonly force: boolean },
): Promise<PlannedChange> {
  const { files, sha256, randomText } = deps;
  const { root, directory } = place;
  await refuseFile(files, place.folder);
  const { text, notes } = await composeFileFor(deps, opened, place);
  const texts = new Map([[place.composeFile, text], ...(await readPlatform(deps))]);
  const written = await planWrittenFiles({ files, sha256, root, directory }, texts, force ? 'replace' : 'refuse');
  refuseContested(written.decisions);
  const names = neededSecrets(opened.workspace);
  const secrets = await planSecretFiles({ files, root, directory, names, randomText });
  return {
    decisions: [...written.decisions, ...secrets.decisions],
    changes: [...written.changes, ...secrets.changes],
    notes: [...notes, ...secrets.notes],
  };
}

/** What the image of our own programs is built from. */
async function readPlatform({ files, programsDirectory, templatesDirectory }: ExportDeps): Promise<[string, string][]> {
  const sources = [
    ...platformPrograms.map((name) => ({ name, directory: programsDirectory })),
    ...platformFiles.map((name) => ({ name, directory: joinPath(templatesDirectory, `compose/${platformDirectory}`) })),
  ];
  return Promise.all(
    sources.map(async ({ name, directory }): Promise<[string, string]> => {
      const text = await files.read(joinPath(directory, name));
      if (text === undefined) throw new Error(`The package has no ${directory}/${name}.`);
      return [`${platformDirectory}/${name}`, text];
    }),
  );
}

/** They are part of a variable, and Linux starts no program with one of more than 128 KiB. */
const maxFilterCharacters = 96 * 1024;

function refuseLargeFilters(filters: readonly SystemFilter[]): void {
  const characters = JSON.stringify(filters).length;
  if (characters <= maxFilterCharacters) return;
  throw new MsaError('MSA_FILTER_INVALID', 'the filters of the gateway are too large for a Compose file', {
    details: [`they have ${Math.ceil(characters / 1024)} KiB; ${maxFilterCharacters / 1024} are allowed there`],
    hint: 'Take out what they need not import.',
  });
}

async function refuseFile(files: FileStore, folder: string): Promise<void> {
  const kind = await files.kindOf(folder);
  if (kind === undefined || kind === 'directory') return;
  throw new MsaError('MSA_USAGE', `${folder} is a file, not a folder`, {
    hint: 'Pass --output <folder>, or a Compose file that ends in .yaml.',
  });
}
