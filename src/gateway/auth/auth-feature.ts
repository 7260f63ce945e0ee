import { headers } from '../../protocol/headers.ts';
import type { Feature, Layer, TargetFacts } from '../pipeline/feature.ts';
import type { RequestStep } from '../pipeline/outcome.ts';
import { refuse } from '../problems.ts';
import { disguiseTest } from './ambiguous-path.ts';
import { createAuthStep } from './auth-step.ts';
import { dropMethodOverride } from './method-override.ts';
import { checkRouteAuth } from './read-rules.ts';
import { asksForNothing } from './requirement.ts';
import { Trust } from './trust.ts';

/** Who sends a request, and whether that is enough for where it goes. */
export function createAuthFeature(context: ConstructorParameters<typeof Trust>[0]): Feature {
  const trust = new Trust(context);
  return {
    name: 'auth',
    // The digits behind the name tell workspaces of one machine apart, which is nothing for clients.
    update: ({ workspace, policy }) => trust.update(policy.auth, workspace.replace(/-[0-9a-f]{6}$/, '')),
    compile: (target) => compileAuth(target, trust),
    status: () => trust.status(),
    close: () => trust.close(),
  };
}

function compileAuth({ policy, stats }: TargetFacts, trust: Trust): Layer | undefined {
  if (policy.auth === undefined) return undefined;
  checkRouteAuth(policy.auth);
  if (asksForNothing(policy.auth)) return undefined;
  trust.requireUsable();
  return { step: createAuthStep(policy.auth, trust, stats) };
}

/**
 * Keeps requests from being read as those of another route with rules of its own, which the gateway does not see there:
 * paths that a careless service would take for its path are refused, and fields that would make its method of theirs are
 * left out. It stands before everything else that decides by the route.
 */
export function createDisguiseFeature(): Feature {
  return {
    name: 'disguised paths',
    compile: ({ guarded, byMethod }) => {
      const isDisguised = disguiseTest(guarded);
      return isDisguised || byMethod ? { step: disguiseStep(isDisguised) } : undefined;
    },
  };
}

function disguiseStep(isDisguised: ReturnType<typeof disguiseTest>): RequestStep {
  const refusal = refuse('invalid-request', 'This path could be read as another one, which has rules of its own.');
  return ({ path, head }) => {
    dropMethodOverride(head.fields);
    return isDisguised?.(path) === true ? refusal : undefined;
  };
}

/** Tells a service on an edge which other service calls it. */
export function createCallerFeature(): Feature {
  return {
    name: 'caller',
    compile: ({ kind, name }) => {
      if (kind !== 'edge') return undefined;
      const [caller = ''] = name.split('>');
      return { step: ({ head }) => void head.fields.push(headers.caller, caller) };
    },
  };
}
