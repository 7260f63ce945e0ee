import { MsaError } from '../../model/errors.ts';
import type { ObservedInstance } from '../../plan/observation.ts';
import { selectInstances, type Known } from './select-instances.ts';

/** The instance a name stands for; of a service the first one that runs. */
export function pickInstance(known: Known, name: string): ObservedInstance {
  const named = selectInstances(known, [name]);
  const running = named.find(({ state }) => state === 'running') ?? named.find(({ state }) => state === 'starting');
  if (running !== undefined) return running;
  throw new MsaError('MSA_NOT_RUNNING', named.map(({ id, state }) => `${id} is ${state}`).join(', '), {
    hint: `msa logs ${name} says why; msa up starts it again.`,
  });
}
