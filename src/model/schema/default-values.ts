import { healthPaths } from '../../protocol/health.ts';
import { tokenAlgorithms } from '../../protocol/policies/auth.ts';

/** What holds where `msa.yaml` says nothing; also what editors show. */
export const defaultValues = {
  engine: 'auto',
  isolation: 'open',
  gatewayPort: 8080,
  gatewayBind: '127.0.0.1',
  gatewayWorkers: 1,
  replicas: 1,
  store: 'memory',
  protocol: 'http',
  health: healthPaths.ready,
  timeout: '10s',
  retryAttempts: 2,
  keySetPath: '/.well-known/jwks.json',
  tokenAlgorithms,
  clockSkew: '30s',
  keyRefresh: '10m',
  keyKeep: '24h',
  rolesClaim: 'roles',
  scopesClaim: 'scope',
  backoff: '25ms',
  breaker: { failures: '50%', slow: '50%', window: '10s', minimum: 20, open: '5s', probes: 3 },
  concurrency: { queue: 0, wait: '1s' },
  fallback: { status: 200, stale: '1h' },
  filterTimeout: '1s',
  filterOnFailure: 'refuse',
  branch: 'main',
  strategy: 'rolling',
  weights: [10, 50],
} as const;
