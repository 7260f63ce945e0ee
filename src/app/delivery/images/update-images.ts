import { findBaseImages, pinImages, type BaseImage } from '../../../delivery/images/base-images.ts';
import { MsaError } from '../../../model/errors.ts';
import type { FileStore } from '../../../ports/file-store.ts';
import type { ImageRegistry } from '../../../ports/image-registry.ts';
import type { StopSignal } from '../../../ports/stop-signal.ts';
import { fileChanges, type Decision } from '../../../scaffold/changes/changes.ts';
import type { OpenWorkspace } from '../../open-workspace.ts';
import { joinPath, joinRelative } from '../../paths.ts';
import type { PlannedChange } from '../../planned-change.ts';

export interface ImagesDeps {
  readonly files: FileStore;
  readonly registry: ImageRegistry;
  readonly signal: StopSignal;
}

/** `new`: it had no digest; `moved`: the tag leads elsewhere by now; `left`: it is not for msa to change. */
type ImageState = 'current' | 'new' | 'moved' | 'left';

/** An image that a service is built from, or is. */
export interface ImageReport {
  readonly service: string;
  /** Relative to the workspace. */
  readonly file: string;
  /** Null for an image that `msa.yaml` names. */
  readonly line: number | null;
  readonly image: string;
  readonly state: ImageState;
  /** What the tag leads to now; null for what is left. */
  readonly digest: string | null;
  /** Why it is left; empty for all else. */
  readonly reason: string;
}

export interface ImagesPlan extends PlannedChange {
  readonly images: readonly ImageReport[];
}

/** Asks for each tag once, however often it stands anywhere, and however often it is planned. */
export function createDigests({
  registry,
  signal,
}: ImagesDeps): (image: BaseImage & { kind: 'image' }) => Promise<string> {
  const asked = new Map<string, Promise<string>>();
  return ({ image, text }) => {
    const { registry: host, repository, tag = '', digest: known } = image;
    const found = asked.get(text) ?? registry.digestOf({ registry: host, repository, tag }, { known, signal });
    asked.set(text, found);
    return found;
  };
}

/** Decides how the Dockerfiles of a workspace change so that each image is held to what its tag means now. */
export async function planImages(
  { files }: Pick<ImagesDeps, 'files'>,
  { root, workspace }: OpenWorkspace,
  digestOf: ReturnType<typeof createDigests>,
): Promise<ImagesPlan> {
  const plans = await Promise.all(
    workspace.services.map(async ({ name, source }): Promise<FilePlan> => {
      if (source.kind === 'image') return { images: [declaredImage(name, source.image)], decisions: [] };
      const file = joinRelative(source.path, 'Dockerfile');
      const text = await files.read(joinPath(root, file));
      return text === undefined ? { images: [], decisions: [] } : planFile({ service: name, file, text }, digestOf);
    }),
  );
  const decisions = plans.flatMap((plan) => plan.decisions);
  return {
    decisions,
    changes: fileChanges(decisions),
    notes: [],
    images: plans.flatMap((plan) => plan.images),
  };
}

interface FilePlan {
  readonly images: readonly ImageReport[];
  readonly decisions: readonly Decision[];
}

interface Dockerfile {
  readonly service: string;
  readonly file: string;
  readonly text: string;
}

async function planFile(
  { service, file, text }: Dockerfile,
  digestOf: ReturnType<typeof createDigests>,
): Promise<FilePlan> {
  const digests = new Map<string, string>();
  const images = await Promise.all(
    findBaseImages(text).map(async (found): Promise<ImageReport> => {
      const about = { service, file, line: found.line, image: found.text };
      if (found.kind === 'left') return { ...about, state: 'left', digest: null, reason: found.reason };
      const digest = await digestOf(found).catch((error: unknown) => {
        throw withPlace(error, `${file}:${found.line} names ${found.text}`);
      });
      digests.set(found.text, digest);
      return { ...about, state: stateOf(found.image.digest, digest), digest, reason: '' };
    }),
  );
  const content = pinImages(text, digests);
  if (content === text) return { images, decisions: [] };
  const count = images.filter(({ state }) => state === 'new' || state === 'moved').length;
  const reason = `${count} ${count === 1 ? 'image' : 'images'}`;
  return { images, decisions: [{ action: 'update', path: file, content, was: text, reason }] };
}

function withPlace(error: unknown, place: string): unknown {
  if (!(error instanceof MsaError)) return error;
  const { code, message, hint, details, cause } = error;
  return new MsaError(code, message, { ...(hint !== undefined && { hint }), details: [...details, place], cause });
}

function stateOf(before: string | undefined, now: string): ImageState {
  if (before === undefined) return 'new';
  return before === now ? 'current' : 'moved';
}

/** Nobody builds it, and where it comes from is for whoever wrote it down to say. */
function declaredImage(service: string, image: string): ImageReport {
  const reason = 'msa.yaml names it';
  return { service, file: 'msa.yaml', line: null, image, state: 'left', digest: null, reason };
}
