import { requireControl } from '../../app/operate/first-state.ts';
import { waitForServices } from '../../app/operate/wait-for-services.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import type { Deps } from '../deps.ts';
import { withSystem } from '../running.ts';

const timeoutMs = 10_000;

/** Has the gateways forget the answers they keep. */
export async function run(_input: CommandInput, deps: Deps): Promise<CommandResult> {
  return withSystem(deps, async ({ engine }) => {
    const control = await requireControl(engine);
    const keptSince = deps.clock.date().toISOString();
    await control.putKeptSince({ keptSince });
    // Of no service in particular: until the gateways know what the registry knows.
    await waitForServices({ ...deps, engine }, { services: [], timeoutMs });
    return { data: { keptSince }, text: 'The gateway has forgotten the answers it kept.' };
  });
}
