import type { AuthRequirement, RouteAuth } from '../../protocol/policies/auth.ts';
import { removeField } from '../http/fields.ts';
import type { TargetStats } from '../observe/target-stats.ts';
import type { Outcome, RequestStep } from '../pipeline/outcome.ts';
import { refuse } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import type { Incoming } from '../proxy/incoming.ts';
import type { KnownIdentity } from './identity.ts';
import { dropMethodOverride } from './method-override.ts';
import { readCredentials } from './read-credentials.ts';
import { findLack, requirementsOf } from './requirement.ts';
import type { TokenVerdict } from './token-checker.ts';
import type { Trust } from './trust.ts';

/** Lets requests through that prove what the rules ask for, and tells the service who sent them. */
export function createAuthStep(rules: RouteAuth, trust: Trust, stats: TargetStats): RequestStep {
  const step = new AuthStep(rules, trust, stats);
  return (incoming) => step.examine(incoming);
}

class AuthStep {
  private readonly rules: RouteAuth;
  private readonly trust: Trust;
  private readonly stats: TargetStats;
  private readonly requirementFor: (method: string) => AuthRequirement;
  private readonly dependsOnMethod: boolean;

  constructor(rules: RouteAuth, trust: Trust, stats: TargetStats) {
    this.rules = rules;
    this.trust = trust;
    this.stats = stats;
    this.requirementFor = requirementsOf(rules);
    this.dependsOnMethod = Object.keys(rules.methods).length > 0;
  }

  examine(incoming: Incoming): Outcome | Promise<Outcome> {
    const { fields } = incoming.head;
    if (this.dependsOnMethod) dropMethodOverride(fields);
    const requirement = this.requirementFor(incoming.method);
    if (requirement.mode === 'none') return undefined;
    const { challenges, holders, checker, accepted } = this.trust;
    const shown = readCredentials(fields, accepted);
    if (shown.kind === 'none')
      return requirement.mode === 'optional' ? undefined : this.unauthorized(challenges.missing());
    if (shown.kind === 'invalid') return this.unauthorized(challenges.invalidRequest(shown.reason));
    if (shown.kind === 'key') {
      const holder = holders.find(shown.key);
      return holder ? this.admit(incoming, requirement, holder) : this.unauthorized(challenges.invalidKey());
    }
    const verdict = checker.check(shown.token);
    // Known tokens are judged without a promise.
    if (!(verdict instanceof Promise)) return this.judge(incoming, requirement, verdict);
    return verdict.then((judged) => this.judge(incoming, requirement, judged));
  }

  private judge(incoming: Incoming, requirement: AuthRequirement, verdict: TokenVerdict): Outcome {
    if (verdict.kind === 'valid') return this.admit(incoming, requirement, verdict.identity);
    if (verdict.kind === 'unknown') return refuse('keys-unavailable', verdict.reason);
    return this.unauthorized(this.trust.challenges.invalidToken(verdict.reason));
  }

  private admit(incoming: Incoming, requirement: AuthRequirement, identity: KnownIdentity): Outcome {
    const lack = findLack(identity, requirement);
    if (lack) {
      this.stats.incidents.forbidden += 1;
      return this.trust.challenges.insufficient(lack);
    }
    incoming.identity = identity;
    const { fields } = incoming.head;
    // The gateway's own: a service could do nothing with it but lose it.
    if (identity.kind === 'key') removeField(fields, 'x-api-key');
    else if (!this.rules.forwardToken) removeField(fields, 'authorization');
    for (const item of identity.fields) fields.push(item);
    return undefined;
  }

  private unauthorized(refusal: Refusal): Refusal {
    this.stats.incidents.unauthorized += 1;
    return refusal;
  }
}
