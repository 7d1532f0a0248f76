import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Readiness } from '../../readiness.ts';

const part = z.object({
  ready: z.boolean(),
  detail: z.string().describe('in words'),
  facts: z.record(z.string(), z.unknown()),
});

const readyAnswer = z
  .object({
    ready: z.boolean(),
    market_source: z.string(),
    parts: z.object({ database: part, default_package: part, market: part, inference: part }),
  })
  .meta({ id: 'Readiness' });

export interface ReadyRoutesOptions {
  readonly readiness: () => Promise<Readiness>;
  readonly marketSource: string;
}

/** `/ready`: whether the service can do its work, part by part. */
export const readyRoutes: FastifyPluginAsyncZod<ReadyRoutesOptions> = async (
  app,
  { readiness, marketSource },
) => {
  app.get(
    '/ready',
    {
      logLevel: 'warn',
      config: { access: 'open' },
      schema: {
        tags: ['operations'],
        summary: 'What works and what does not',
        response: { 200: readyAnswer, 503: readyAnswer },
      },
    },
    async (_request, reply) => {
      const parts = await readiness();
      const ready = Object.values(parts).every((one) => one.ready);
      return reply.code(ready ? 200 : 503).send({ ready, market_source: marketSource, parts });
    },
  );
};
