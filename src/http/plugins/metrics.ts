import fp from 'fastify-plugin';
import type { Metrics } from '../metrics/registry.ts';

/** Measures every answered request by its route's pattern, never by its address. */
export const requestMetrics = fp<{ metrics: Metrics }>(
  async (app, { metrics }) => {
    app.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'unknown';
      metrics.httpDuration
        .labels(request.method, route, String(reply.statusCode))
        .observe(reply.elapsedTime / 1000);
    });
  },
  { name: 'request-metrics' },
);
