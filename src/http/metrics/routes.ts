import { z } from 'zod';
import type { Routes } from '../shared/routes.ts';
import { refreshMarketMetrics } from './market-metrics.ts';
import { refreshMetrics } from './registry.ts';

/** `GET /metrics` for Prometheus (http.md#25). */
export const metricsRoutes: Routes = async (
  app,
  { metrics, registry, alerts, history, live, executions },
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
      await refreshMetrics(metrics, { registry, alerts });
      await refreshMarketMetrics(metrics.market, { history, live, executions });
      return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
    },
  );
};
