import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Metrics } from './registry.ts';

export interface MetricsRoutesOptions {
  readonly metrics: Metrics;
  /** Brings the gauges up to date before they are read. */
  readonly refresh: () => Promise<void>;
}

/** `/metrics` for Prometheus. */
export const metricsRoutes: FastifyPluginAsyncZod<MetricsRoutesOptions> = async (
  app,
  { metrics, refresh },
) => {
  app.get(
    '/metrics',
    {
      logLevel: 'warn',
      schema: {
        tags: ['operations'],
        summary: 'Figures for Prometheus',
        produces: ['text/plain'],
        response: { 200: z.string() },
      },
      serializerCompiler: () => (text) => String(text),
    },
    async (_request, reply) => {
      await refresh();
      return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
    },
  );
};
