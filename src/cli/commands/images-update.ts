import {
  createDigests,
  planImages,
  type ImageReport,
  type ImagesPlan,
} from '../../app/delivery/images/update-images.ts';
import { openWorkspace } from '../../app/open-workspace.ts';
import { MsaError } from '../../model/errors.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { isSet } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { finishChange, planOn } from '../finish-change.ts';
import type { Colors } from '../terminal/colors.ts';
import { renderTable } from '../terminal/table.ts';

/** Holds the images that services are built from to what their tags mean now. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const opened = await openWorkspace(deps.files, deps.directory);
  const digestOf = createDigests({ ...deps, registry: await deps.imageRegistry() });
  const plan = planOn(deps, opened, (current) => planImages(deps, current, digestOf));
  if (isSet(input, 'check')) return check(await plan(), deps.colors);
  let images: readonly ImageReport[] = [];
  const result = await finishChange<ImagesPlan>(deps, {
    root: opened.root,
    input,
    plan: async () => {
      const planned = await plan();
      if (images.length === 0 && planned.images.length > 0) deps.say(renderImages(planned.images, deps.colors));
      images = planned.images;
      return planned;
    },
    done: ({ decisions }) => ({
      title: decisions.length === 0 ? 'Every image is current' : `Held to digests in ${decisions.length} files`,
      next: decisions.length === 0 ? [] : ['msa up'],
    }),
  });
  return { ...result, data: { ...result.data, images } };
}

function check({ images }: ImagesPlan, colors: Colors): CommandResult {
  const outdated = images.filter(({ state }) => state === 'new' || state === 'moved');
  const result = { data: { images }, text: images.length === 0 ? 'There is no image.' : renderImages(images, colors) };
  if (outdated.length === 0) return result;
  const failure = new MsaError(
    'MSA_IMAGES_OUTDATED',
    `${outdated.length} of ${images.length} images are not what their tags mean now`,
    { hint: 'msa images update' },
  );
  return { ...result, failure };
}

const words = { current: 'current', new: 'not pinned', moved: 'moved', left: 'left' } as const;

function renderImages(images: readonly ImageReport[], colors: Colors): string {
  const paint = { current: colors.green, new: colors.yellow, moved: colors.yellow, left: colors.dim };
  const rows = images.map(({ file, line, image, state, digest, reason }) => [
    paint[state](words[state]),
    image.replace(/(@sha256:.{12}).*$/, '$1…'),
    line === null ? file : `${file}:${line}`,
    state === 'left' ? reason : shortened(digest ?? ''),
  ]);
  return renderTable(['STATE', 'IMAGE', 'WHERE', 'NOW'], rows, colors);
}

/** As much of a digest as people compare. */
function shortened(digest: string): string {
  return `${digest.slice(0, 'sha256:'.length + 12)}…`;
}
