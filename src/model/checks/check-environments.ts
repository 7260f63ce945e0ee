import { nameProblem } from '../../protocol/names.ts';
import type { Finding, Path } from '../problem.ts';
import type { WorkspaceDraft } from '../workspace-draft.ts';
import type { Mapping } from '../yaml/mapping.ts';
import { whoElse } from './check-calls.ts';

/** What `delivery` says of services and environments fits what there is. */
export function checkEnvironments({ delivery, services }: WorkspaceDraft): readonly Finding[] {
  const names = new Set(services.map(({ name }) => name));
  const unknown = delivery.chaos.flatMap(({ text, path }): readonly Finding[] =>
    names.has(text)
      ? []
      : [{ path, message: `There is no service \`${text}\` to kill.`, hint: whoElse(text, undefined, names) }],
  );
  return [
    ...unknown,
    ...delivery.environments.flatMap(({ name, path, value }) => checkEnvironment(name, path, value)),
    ...checkRegistry(delivery),
  ];
}

function checkEnvironment(name: string, path: Path, value: Mapping): readonly Finding[] {
  const findings: Finding[] = [];
  const problem = nameProblem(name);
  if (problem !== undefined) findings.push({ path, at: 'key', message: `The name of an environment ${problem}.` });
  if (value['weights'] === undefined) return findings;
  const at = [...path, 'weights'];
  if (value['strategy'] !== 'canary') {
    const message = '`weights` are the steps of a canary.';
    findings.push({ path: at, at: 'key', message, hint: 'Write `strategy: canary`, or remove them.' });
  } else if (!isRising(value['weights'])) {
    findings.push({ path: at, message: '`weights` must rise from step to step.', hint: 'Write `weights: [10, 50]`.' });
  }
  return findings;
}

function checkRegistry({ hasRegistry, environments }: WorkspaceDraft['delivery']): readonly Finding[] {
  const [first] = environments;
  if (hasRegistry || first === undefined) return [];
  const message = 'Environments get images from a registry, and `delivery` names none.';
  return [{ path: ['delivery', 'environments'], at: 'key', message, hint: 'Add one: `registry: ghcr.io/acme/shop`.' }];
}

function isRising(weights: unknown): boolean {
  if (!Array.isArray(weights)) return true;
  return weights.every((weight: unknown, index) => {
    const before: unknown = weights[index - 1];
    return typeof weight !== 'number' || typeof before !== 'number' || weight > before;
  });
}
