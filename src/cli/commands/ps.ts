import { filterSources } from '../../app/filters/compile-filters.ts';
import { workspaceIn } from '../../app/open-workspace.ts';
import { findPlace } from '../../app/system/find-place.ts';
import { listSystem } from '../../app/system/list-system.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { isSet } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { renderListing, renderMachine } from '../render/render-listing.ts';

/** Shows what runs: of this workspace, or of all on this machine. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  if (isSet(input, 'all')) return listMachine(deps);
  const place = await findPlace(deps, { directory: deps.directory, workspace: undefined });
  const workspace = await workspaceIn(deps.files, place.root);
  const { root } = place;
  const declared = workspace && { workspace, filters: await filterSources(deps, { root, workspace }) };
  const listing = await listSystem(deps.engines, { place, declared }, deps.signal);
  for (const remark of listing.remarks) deps.say(remark);
  if (listing.isOutdated) deps.say('msa.yaml says something else than what runs; msa up applies it.');
  return {
    data: listing,
    text: renderListing(listing, { name: place.name, now: deps.clock.date(), colors: deps.colors }),
  };
}

async function listMachine({ engines, files, colors }: Deps): Promise<CommandResult> {
  const systems = await Promise.all(
    (await engines.list()).map(async (system) => ({
      ...system,
      isVanished: (await files.kindOf(system.directory)) !== 'directory',
    })),
  );
  return { data: { systems }, text: renderMachine(systems, colors) };
}
