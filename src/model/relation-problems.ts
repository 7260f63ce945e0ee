import { checkAggregates } from './checks/check-aggregates.ts';
import { checkAuth } from './checks/check-auth.ts';
import { checkCalls } from './checks/check-calls.ts';
import { checkDelivery } from './checks/check-delivery.ts';
import { checkElsewhere } from './checks/check-elsewhere.ts';
import { checkEnvironment } from './checks/check-environment.ts';
import { checkEnvironments } from './checks/check-environments.ts';
import { checkFilters } from './checks/check-filters.ts';
import { checkPorts } from './checks/check-ports.ts';
import { checkRateLimits } from './checks/check-rate-limits.ts';
import { checkResilience } from './checks/check-resilience.ts';
import { checkRoutes } from './checks/check-routes.ts';
import { checkServices } from './checks/check-services.ts';
import { checkTls } from './checks/check-tls.ts';
import type { Finding } from './problem.ts';
import { draftWorkspace } from './workspace-draft.ts';

const checks = [
  checkServices,
  checkCalls,
  checkRoutes,
  checkElsewhere,
  checkAggregates,
  checkResilience,
  checkRateLimits,
  checkFilters,
  checkDelivery,
  checkEnvironment,
  checkPorts,
  checkTls,
  checkAuth,
  checkEnvironments,
];

/** What is wrong between the keys of a workspace, as far as its shape lets it be seen. */
export function relationProblems(value: unknown): readonly Finding[] {
  const draft = draftWorkspace(value);
  return checks.flatMap((check) => check(draft));
}
