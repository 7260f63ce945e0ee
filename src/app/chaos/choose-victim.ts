import { pick } from '../../chaos/pick.ts';
import { closest } from '../../model/closest.ts';
import { MsaError } from '../../model/errors.ts';
import type { WatchState } from '../../protocol/watch.ts';

interface Choice {
  /** A service or one of its instances. */
  readonly target: string;
  /** One of the service's, when its choice is not left to the seed. */
  readonly instance: string | undefined;
  readonly seed: number;
}

export interface Victim {
  readonly service: string;
  readonly instance: string;
  /** How many of the service's instances were up, the victim included. */
  readonly instancesUp: number;
}

/** Whom to kill: only what is up can show what its death does. */
export function chooseVictim(state: WatchState, { target, instance, seed }: Choice): Victim {
  const { instances, system } = state;
  const services = (system?.services ?? []).map(({ name }) => name);
  const service = services.includes(target) ? target : instances.find(({ id }) => id === target)?.service;
  if (service === undefined) throw unknownTarget(target, [...services, ...instances.map(({ id }) => id)]);
  const up = instances.filter((each) => each.service === service && each.status === 'up').map(({ id }) => id);
  const sorted = up.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const named = instance ?? (service === target ? undefined : target);
  const victim = named === undefined ? pick(sorted, seed) : sorted.find((id) => id === named);
  if (victim === undefined) throw nobodyUp(state, { service, named });
  return { service, instance: victim, instancesUp: up.length };
}

function unknownTarget(target: string, known: readonly string[]): MsaError {
  const meant = closest(target, known);
  return new MsaError('MSA_INSTANCE_UNKNOWN', `nothing that can be killed is called ${JSON.stringify(target)}`, {
    details: [`There are: ${known.join(', ') || 'none'}`],
    hint: meant === undefined ? 'msa ps lists what runs.' : `Did you mean ${meant}?`,
    data: { target, known },
  });
}

interface Missing {
  readonly service: string;
  readonly named: string | undefined;
}

function nobodyUp({ instances }: WatchState, { service, named }: Missing): MsaError {
  const rows = instances.filter((each) => each.service === service);
  const details = rows.map(({ id, status, problem }) => `${id} is ${status}${problem === '' ? '' : `: ${problem}`}`);
  if (named !== undefined && rows.every(({ id }) => id !== named)) {
    return new MsaError('MSA_INSTANCE_UNKNOWN', `${service} has no instance ${JSON.stringify(named)}`, {
      details,
      hint: 'msa ps lists what runs.',
    });
  }
  return new MsaError(
    'MSA_CHAOS_INCONCLUSIVE',
    `${named === undefined ? `no instance of ${service} is` : `${named} is not`} up: a kill would show nothing`,
    {
      details,
      hint: `msa wait ${service}`,
    },
  );
}
