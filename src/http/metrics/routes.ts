import { z } from 'zod';
import type { Routes } from '../shared/routes.ts';
import { refreshClusterMetrics } from './cluster-metrics.ts';
import { refreshMarketMetrics } from './market-metrics.ts';
import { refreshMetrics } from './registry.ts';

/** `GET /metrics` for Prometheus (http.md#25). */
export const metricsRoutes: Routes = async (
  app,
  { metrics, registry, drift, alerts, jobs, clock, marketStatus, executions, cluster },
) => {
  app.get(
    '/metrics',
    {
      logLevel: 'warn',
      schema: {
        tags: ['operations'],
        summary: 'Metrics for Prometheus',
        produces: ['text/plain'],
        response: { 200: z.string() },
      },
      serializerCompiler: () => (text) => String(text),
    },
    async (_request, reply) => {
      await refreshMetrics(metrics, { registry, drift, alerts, jobs, clock });
      await refreshMarketMetrics(metrics.market, { marketStatus, executions });
      if (metrics.cluster !== undefined) await refreshClusterMetrics(metrics.cluster, cluster);
      return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
    },
  );
};
