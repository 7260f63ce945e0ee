import type { Instance } from '../../protocol/instances.ts';
import type { Judgement } from './judge.ts';

/** Whether a service is as it is meant to be, by the table of the registry. */
export function judgeHealth(service: string, table: readonly Instance[], isResting: boolean): Judgement {
  const present = table.filter((instance) => instance.service === service && instance.status !== 'draining');
  if (present.length === 0)
    return isResting
      ? { outcome: 'untried', reason: 'no instance is meant to run' }
      : { outcome: 'failed', reason: 'there is no instance' };
  const sick = present.filter(({ status }) => status !== 'up');
  if (sick.length === 0) {
    return {
      outcome: 'passed',
      reason: `${present.length} ${present.length === 1 ? 'instance is' : 'instances are'} up`,
    };
  }
  const reasons = sick.map(({ id, status, problem }) => `${id} is ${status}${problem && `: ${problem}`}`);
  return { outcome: 'failed', reason: reasons.join(', ') };
}
