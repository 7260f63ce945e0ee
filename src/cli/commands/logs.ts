import { followLogs, readLogs } from '../../app/operate/read-logs.ts';
import { selectInstances } from '../../app/operate/select-instances.ts';
import { exitCodes } from '../../model/errors.ts';
import type { ObservedInstance } from '../../plan/observation.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { countOption, isSet, momentOption, textArguments } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { printLogs } from '../render/print-logs.ts';
import { withSystem, type Running } from '../running.ts';

/** Shows what instances write, merged in the order of time, and with --follow what they go on to write. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const startedAt = new Date();
  const tail = countOption(input, 'tail', { least: 0, most: 1_000_000 });
  const since = momentOption(input, 'since', startedAt);
  return withSystem(deps, async (running) => {
    const instances = wantedOf(input, running);
    const signal = AbortSignal.any([deps.signal, deps.output.closed]);
    const request = { instances: instances.map(({ id }) => id), tail, since, signal };
    const isWanted = createFilter(instances, running.observation.instances);
    const lines = isSet(input, 'follow')
      ? followLogs(running.engine, request, { isWanted, startedAt })
      : readLogs(running.engine, request);
    try {
      const units = [...new Set([...running.services, ...running.observation.instances.map(({ unit }) => unit)])];
      const style = { raw: isSet(input, 'raw'), timestamps: isSet(input, 'timestamps') };
      if (instances.length > 0) await printLogs(lines, deps, { units, ids: [...request.instances], ...style });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    const result = { data: undefined, text: '' };
    return deps.signal.aborted ? { ...result, exitCode: exitCodes.interrupted } : result;
  });
}

function wantedOf(input: CommandInput, { observation, services }: Running): readonly ObservedInstance[] {
  const { instances } = observation;
  const names = textArguments(input, 0);
  if (names.length > 0) return selectInstances({ instances, services }, names);
  return isSet(input, 'all') ? instances : instances.filter(({ role }) => role === 'service');
}

/** Who names a service means the instances it will have, too; who names an instance means that one. */
function createFilter(
  wanted: readonly ObservedInstance[],
  all: readonly ObservedInstance[],
): (instance: string) => boolean {
  const ids = new Set(wanted.map(({ id }) => id));
  const units = new Set(wanted.map(({ unit }) => unit));
  for (const { id, unit } of all) if (!ids.has(id)) units.delete(unit);
  return (instance) => ids.has(instance) || units.has(unitOf(instance));
}

function unitOf(instance: string): string {
  return instance.replace(/-\d+$/, '');
}
