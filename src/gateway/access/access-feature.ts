import type { AddressList, AllowedCall } from '../../protocol/policies/access.ts';
import type { Client } from '../http/told-client.ts';
import type { TargetStats } from '../observe/target-stats.ts';
import type { Feature, Layer, TargetFacts } from '../pipeline/feature.ts';
import type { RequestStep } from '../pipeline/outcome.ts';
import { refuse } from '../problems.ts';
import type { Refusal } from '../problems.ts';
import type { Incoming } from '../proxy/incoming.ts';
import type { GatewayPolicy } from '../../protocol/policy.ts';
import { compileAddressList } from './address-check.ts';
import { compileAllowedCalls } from './allowed-calls.ts';

/** From where requests may come, and what services may call of each other. */
export function createAccessFeature(): Feature {
  let lists: GatewayPolicy['access'];
  return {
    name: 'access',
    update: ({ policy }) => (lists = policy.access),
    compile: (target) => compileAccess(target, target.kind === 'edge' ? lists?.internal : lists?.public),
  };
}

function compileAccess({ policy, stats }: TargetFacts, general: AddressList | undefined): Layer | undefined {
  const steps = [
    ...(general !== undefined ? [addressStep(general, stats)] : []),
    ...(policy.access !== undefined ? [addressStep(policy.access, stats)] : []),
    ...(policy.allow !== undefined ? [callStep(policy.allow, stats)] : []),
  ];
  const [first, ...others] = steps;
  if (!first || others.length === 0) return first && { step: first };
  return { step: (incoming) => firstRefusal(steps, incoming) };
}

function firstRefusal(steps: readonly RequestStep[], incoming: Incoming): ReturnType<RequestStep> {
  for (const step of steps) {
    const outcome = step(incoming);
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

function addressStep(list: AddressList, stats: TargetStats): RequestStep {
  const isAllowed = compileAddressList(list);
  return ({ client }) => {
    if (isAllowed(client.address)) return undefined;
    stats.incidents.forbidden += 1;
    return refuseAddress(client);
  };
}

export function refuseAddress({ address }: Client): Refusal {
  return refuse('address-not-allowed', `Requests from ${address} are not let in here.`);
}

/** By the path that goes on, before anything rewrites it: services name paths as they see them. */
function callStep(calls: readonly AllowedCall[], stats: TargetStats): RequestStep {
  const isAllowed = compileAllowedCalls(calls);
  return ({ method, path }) => {
    if (isAllowed(method, path)) return undefined;
    stats.incidents.forbidden += 1;
    return refuse('call-not-allowed', `${method} ${path} is not among the calls that are allowed.`);
  };
}
