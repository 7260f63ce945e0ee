import { findService } from '../../app/find-service.ts';
import { instancesOf } from '../../app/operate/list-instances.ts';
import { waitForServices } from '../../app/operate/wait-for-services.ts';
import type { Instance } from '../../protocol/instances.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { durationOption, textArguments } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { withRunning } from '../running.ts';

const defaultTimeoutMs = 60_000;

/** Waits until services are healthy and the gateway knows it. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const names = textArguments(input, 0);
  const timeoutMs = durationOption(input, 'timeout') ?? defaultTimeoutMs;
  return withRunning(deps, async ({ engine, opened }) => {
    for (const name of names) findService(opened, name);
    const wanted = opened.workspace.services.filter(({ replicas }) => replicas > 0).map(({ name }) => name);
    const services = names.length === 0 ? wanted : names;
    const { epoch, revision, instances } = await waitForServices({ ...deps, engine }, { services, timeoutMs });
    const waitedFor = instancesOf({ instances }, { names: services, services });
    const counts = [...countByService(waitedFor)].map(([service, count]) => `${service} (${count})`);
    const text =
      counts.length === 0 ? 'There is nothing to wait for.' : `${deps.colors.green('Healthy:')} ${counts.join(', ')}`;
    return { data: { epoch, revision, instances: waitedFor }, text };
  });
}

function countByService(instances: readonly Instance[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { service } of instances) counts.set(service, (counts.get(service) ?? 0) + 1);
  return counts;
}
