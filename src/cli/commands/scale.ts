import { parseWishes, saveWishes, type Wish } from '../../app/operate/scale.ts';
import { changeSystem } from '../../app/system/change-system.ts';
import type { Observation } from '../../plan/observation.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { durationOption, isSet, textArguments } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { withProgress } from '../progress/with-progress.ts';
import { withRunning } from '../running.ts';

const defaultTimeoutMs = 60_000;

/** Lets more or fewer instances of services run, until the next `msa up` or, with --save, for good. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const timeoutMs = durationOption(input, 'timeout') ?? defaultTimeoutMs;
  return withRunning(deps, async (running) => {
    const wishes = parseWishes(textArguments(input, 0), running.opened);
    const request = {
      services: wishes.map(({ service }) => service),
      replicas: new Map(wishes.map(({ service, replicas }) => [service, replicas])),
      timeoutMs,
    };
    const { failure } = await withProgress(deps, (system) => changeSystem(system, running, request));
    const saved =
      failure === undefined && isSet(input, 'save') && (await saveWishes(deps.files, deps.directory, wishes));
    const services = wishes.map((wish) => ({ ...wish, before: countOf(wish, running.observation) }));
    const data = { type: 'result', services, saved };
    if (failure !== undefined) return { data, text: '', failure };
    const lines = services.map(({ service, before, replicas }) => `${service}: ${before} -> ${replicas}`);
    return { data, text: [...lines, untilWhen({ saved, isSaving: isSet(input, 'save') })].join('\n') };
  });
}

function countOf({ service }: Wish, { instances }: Observation): number {
  return instances.filter(({ unit, state }) => unit === service && state !== 'gone').length;
}

function untilWhen({ saved, isSaving }: { readonly saved: boolean; readonly isSaving: boolean }): string {
  if (saved) return 'msa.yaml says so too now.';
  return isSaving ? 'msa.yaml says so already.' : 'This lasts until the next msa up; --save writes it into msa.yaml.';
}
