import { planDeploy, type ServicePlan } from '../../../delivery/deploy/plan-deploy.ts';
import { readImages, type Image, type ImageSource } from '../../../delivery/deploy/read-images.ts';
import { closest } from '../../../model/closest.ts';
import type { Environment } from '../../../model/delivery.ts';
import { MsaError } from '../../../model/errors.ts';
import type { Workspace } from '../../../model/workspace.ts';
import type { FileStore } from '../../../ports/file-store.ts';
import { openWorkspace } from '../../open-workspace.ts';
import { joinPath, resolvePath } from '../../paths.ts';

interface DeployQuestion {
  readonly environment: string;
  /** The folder or file with digests, as the user named it. */
  readonly images: string;
  /** Only these; empty: all that have an image. */
  readonly services: readonly string[];
}

export interface OpenDeploy {
  readonly root: string;
  readonly environment: Environment;
  readonly plans: readonly ServicePlan[];
}

/** Everything that a release needs to know, checked before anything is done. */
export async function openDeploy(
  { files, directory }: { readonly files: FileStore; readonly directory: string },
  question: DeployQuestion,
): Promise<OpenDeploy> {
  const { root, workspace } = await openWorkspace(files, directory);
  const environment = findEnvironment(workspace, question.environment);
  const sources = await findSources(files, directory, question.images);
  const images = chosen(usable(workspace, sources), workspace, question);
  return { root, environment, plans: planDeploy({ workspace, environment, images }) };
}

function findEnvironment({ delivery }: Workspace, name: string): Environment {
  const environments = delivery?.environments ?? [];
  const found = environments.find((environment) => environment.name === name);
  if (found !== undefined) return found;
  const known = environments.map((environment) => environment.name);
  const meant = closest(name, known);
  const others =
    known.length === 0 ? 'Add it below `delivery.environments` of msa.yaml.' : `There are: ${known.join(', ')}.`;
  throw new MsaError('MSA_USAGE', `there is no environment ${JSON.stringify(name)} in msa.yaml`, {
    hint: meant === undefined ? others : `Did you mean ${meant}?`,
  });
}

async function findSources(files: FileStore, directory: string, place: string): Promise<readonly ImageSource[]> {
  const path = resolvePath(directory, place);
  const kind = await files.kindOf(path);
  if (kind === 'file') return [{ file: place, service: undefined, text: (await files.read(path)) ?? '' }];
  if (kind !== 'directory') {
    throw new MsaError('MSA_USAGE', `--images: there is no file or folder ${JSON.stringify(place)}`, {
      hint: 'A folder with a file for each service that holds its digest, as the job `publish` leaves it: --images images',
    });
  }
  const names = (await files.list(path)).filter((name) => !name.startsWith('.'));
  const folder = place.replace(/\/+$/, '');
  return Promise.all(
    names.map(async (name) => {
      const file = joinPath(path, name);
      const text = (await files.kindOf(file)) === 'file' ? await files.read(file) : undefined;
      return { file: `${folder}/${name}`, service: name, text: text ?? '' };
    }),
  );
}

function usable({ delivery, services }: Workspace, sources: readonly ImageSource[]): readonly Image[] {
  const registry = delivery?.registry;
  if (registry === undefined)
    throw new MsaError('MSA_USAGE', 'msa.yaml names no registry to deploy from', {
      hint: 'Add `registry` below `delivery`: registry: ghcr.io/acme/shop',
    });
  const namesOf = (kind: 'folder' | 'image'): ReadonlySet<string> =>
    new Set(services.filter(({ source }) => source.kind === kind).map(({ name }) => name));
  const { images, problems } = readImages(sources, { registry, built: namesOf('folder'), foreign: namesOf('image') });
  if (problems.length === 0) return images;
  throw new MsaError(
    'MSA_IMAGES_INVALID',
    `the digests have ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}; nothing was deployed`,
    {
      details: problems,
      data: { problems },
    },
  );
}

function chosen(images: readonly Image[], { services }: Workspace, question: DeployQuestion): readonly Image[] {
  for (const name of question.services) {
    if (images.some(({ service }) => service === name)) continue;
    const isKnown = services.some((service) => service.name === name);
    const meant = closest(
      name,
      images.map(({ service }) => service),
    );
    throw new MsaError(
      isKnown ? 'MSA_USAGE' : 'MSA_SERVICE_UNKNOWN',
      isKnown
        ? `--service: there is no image of ${name} in ${question.images}`
        : `--service: there is no service ${JSON.stringify(name)}`,
      meant === undefined ? {} : { hint: `Did you mean ${meant}?` },
    );
  }
  return question.services.length === 0 ? images : images.filter(({ service }) => question.services.includes(service));
}
