import { healthPaths } from '../../protocol/health.ts';

/** What holds where `msa.yaml` says nothing; also what editors show. */
export const defaultValues = {
  engine: 'auto',
  isolation: 'open',
  gatewayPort: 8080,
  gatewayBind: '127.0.0.1',
  replicas: 1,
  store: 'memory',
  health: healthPaths.ready,
  timeout: '10s',
  retryAttempts: 2,
} as const;
