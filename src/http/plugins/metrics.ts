import fp from 'fastify-plugin';
import type { Metrics } from '../metrics/registry.ts';

/** Measures the duration of requests, labeled by the pattern of the route and never by the URL. */
export const requestMetrics = fp<{ metrics: Metrics }>(
  async (app, { metrics }) => {
    app.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'unknown';
      metrics.httpDuration
        .labels(request.method, route, String(reply.statusCode))
        .observe(reply.elapsedTime / 1000);
      done();
    });
  },
  { name: 'request-metrics' },
);
