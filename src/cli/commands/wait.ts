import { findService } from '../../app/find-service.ts';
import { requireControl } from '../../app/operate/first-state.ts';
import { instancesOf } from '../../app/operate/list-instances.ts';
import { waitForServices } from '../../app/operate/wait-for-services.ts';
import type { CommandInput, CommandResult } from '../command.ts';
import type { Deps } from '../deps.ts';
import { durationOption, textArguments } from '../option-values.ts';
import { withRunning } from '../running.ts';

const defaultTimeoutMs = 60_000;

/** Waits until services are healthy and the gateway knows it. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const names = textArguments(input, 0);
  const timeoutMs = durationOption(input, 'timeout') ?? defaultTimeoutMs;
  return withRunning(deps, async ({ engine, observation, opened }) => {
    for (const name of names) findService(opened, name);
    const started = observation.instances.filter(({ role }) => role === 'service').map(({ unit }) => unit);
    const services = names.length > 0 ? names : [...new Set(started)];
    const control = await requireControl(engine);
    const state = await waitForServices({ ...deps, engine, control }, { services, timeoutMs });
    const { epoch, revision } = state;
    const instances = instancesOf(state, { names: services, services });
    const counts = services.map((name) => `${name} (${instances.filter(({ service }) => service === name).length})`);
    const text =
      counts.length === 0 ? 'There is nothing to wait for.' : `${deps.colors.green('Healthy:')} ${counts.join(', ')}`;
    return { data: { epoch, revision, instances }, text };
  });
}
