import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

export interface HealthRoutesOptions {
  readonly uptimeSeconds: () => number;
}

/** `/health`: the process answers. It asks nothing of any other part. */
export const healthRoutes: FastifyPluginAsyncZod<HealthRoutesOptions> = async (app, { uptimeSeconds }) => {
  const answer = z.object({ status: z.literal('ok'), uptime_seconds: z.number() });
  for (const [url, summary] of [
    ['/health', 'The process is alive'],
    ['/api/health', 'The same, by its older address'],
  ] as const) {
    app.get(
      url,
      {
        logLevel: 'warn',
        config: { access: 'open' },
        schema: { tags: ['operations'], summary, response: { 200: answer } },
      },
      async () => ({ status: 'ok' as const, uptime_seconds: Math.round(uptimeSeconds()) }),
    );
  }
};
