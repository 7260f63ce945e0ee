import { environmentVariables } from '../../protocol/environment.ts';
import { calleeVariable } from '../../protocol/names.ts';
import type { Finding } from '../problem.ts';
import type { Placed, ServiceDraft, WorkspaceDraft } from '../workspace-draft.ts';

/** What a service's own `env` may replace: msa only proposes these. */
const replaceable: ReadonlySet<string> = new Set([
  environmentVariables.nodeEnv,
  environmentVariables.otelEndpoint,
  environmentVariables.otelServiceName,
]);

/** A service's own variables have names a shell can say, and none that msa sets. */
export function checkEnvironment({ services }: WorkspaceDraft): readonly Finding[] {
  return services.flatMap((service) => {
    const reasons = givenVariables(service);
    return service.env.flatMap((variable) => checkVariable(variable, reasons));
  });
}

function checkVariable({ text, path }: Placed, reasons: ReadonlyMap<string, string>): readonly Finding[] {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(text) || text === '__proto__') {
    const message = `\`${text}\` cannot be the name of a variable.`;
    return [{ path, at: 'key', message, hint: 'Use letters, digits and `_`, and begin with no digit: `LOG_LEVEL`.' }];
  }
  const reason = reasons.get(text);
  return reason === undefined
    ? []
    : [{ path, at: 'key', message: `\`${text}\` ${reason}.`, hint: 'Remove it or rename it.' }];
}

/** The variables msa sets for a service, each with the reason why `env` must leave it alone. */
function givenVariables({ store, calls }: ServiceDraft): ReadonlyMap<string, string> {
  const { redisUrl, databaseUrl, ...always } = environmentVariables;
  const reasons = new Map<string, string>();
  for (const variable of Object.values(always)) {
    if (!replaceable.has(variable)) reasons.set(variable, 'is set by msa for every service');
  }
  if (store === 'redis') reasons.set(redisUrl, 'is set by msa because of `store: redis`');
  if (store === 'postgres') reasons.set(databaseUrl, 'is set by msa because of `store: postgres`');
  for (const { text } of calls)
    reasons.set(calleeVariable(text), `is set by msa because this service calls \`${text}\``);
  return reasons;
}
