import type { Routes } from '../shared/routes.ts';
import { readyAnswer } from './schema.ts';

/** `GET /ready` (http.md#25). */
export const readyRoutes: Routes = async (app, { readiness, marketSource }) => {
  app.get(
    '/ready',
    {
      logLevel: 'warn',
      config: { access: 'open' },
      schema: {
        tags: ['operations'],
        summary: 'Whether each component of the service works',
        response: { 200: readyAnswer, 503: readyAnswer },
      },
    },
    async (_request, reply) => {
      const parts = await readiness();
      const ready = Object.values(parts).every((component) => component.ready);
      return reply.code(ready ? 200 : 503).send({ ready, market_source: marketSource, parts });
    },
  );
};
