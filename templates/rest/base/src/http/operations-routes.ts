import type { FastifyInstance } from 'fastify';
import { Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { problem } from '../problem.ts';
import type { Store } from '../store.ts';
import { servePath } from './paths.ts';

/** Where the process is in its life; main.ts sets it, readiness shows it. */
export interface Lifecycle {
  isDraining: boolean;
}

/** Serves what operators ask for: alive, ready, and how it is doing. */
export function addOperationsRoutes(app: FastifyInstance, store: Store, lifecycle: Lifecycle): void {
  const metrics = collectMetrics(app);
  const ready = async (): Promise<{ status: string }> => {
    if (lifecycle.isDraining) throw problem('unavailable', 'This instance is shutting down.');
    await store.ping();
    return { status: 'ready' };
  };
  // Asked every second or so: only what goes wrong is worth a line in the log.
  const options = { logLevel: 'warn' } as const;
  servePath(app, '/health/live', { GET: { options, handler: async () => ({ status: 'live' }) } });
  servePath(app, '/health/ready', { GET: { options, handler: ready } });
  servePath(app, '/metrics', {
    GET: { options, handler: async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()) },
  });
}

function collectMetrics(app: FastifyInstance): Registry {
  // A registry per app, because tests make several in one process.
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long requests took, by route; its _count is the number of requests',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    // The pattern, never the address: every id as a label value would be a time series of its own.
    const route = request.routeOptions.url ?? 'unknown';
    duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  return registry;
}
