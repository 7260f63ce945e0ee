import { firstState, requireControl } from '../../app/operate/first-state.ts';
import { instancesOf } from '../../app/operate/list-instances.ts';
import type { Instance, InstanceStatus } from '../../protocol/instances.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { textArguments } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { withSystem } from '../running.ts';
import type { Colors } from '../terminal/colors.ts';
import { renderTable } from '../terminal/table.ts';

/** Shows the registry's table: who there is, who takes requests, and why not. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const names = textArguments(input, 0);
  return withSystem(deps, async ({ engine, services }) => {
    const state = await firstState(await requireControl(engine), deps.signal);
    const instances = instancesOf(state, { names, services });
    const { epoch, revision } = state;
    return { data: { epoch, revision, instances }, text: renderInstances(instances, deps.colors) };
  });
}

function renderInstances(instances: readonly Instance[], colors: Colors): string {
  if (instances.length === 0) return 'The registry knows no instance.';
  const paint: Record<InstanceStatus, (text: string) => string> = {
    up: colors.green,
    starting: colors.yellow,
    draining: colors.yellow,
    down: colors.red,
  };
  const rows = instances.map(({ id, status, since, address, port, problem }) => [
    id,
    paint[status](status),
    since,
    `${address}:${port}`,
    problem,
  ]);
  return renderTable(['INSTANCE', 'STATUS', 'SINCE', 'ADDRESS', 'PROBLEM'], rows, colors);
}
