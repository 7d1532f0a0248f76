import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { RecentErrors } from '../../runtime/recent-errors.ts';
import { isoTime } from '../shared/times.ts';
import { recentErrors as recentErrorsAnswer } from './schema.ts';

export interface RecentErrorsRoutesOptions {
  readonly recentErrors: Pick<RecentErrors, 'list'>;
}

/** `GET /api/recent-errors` (http.md#25). */
export const recentErrorsRoutes: FastifyPluginAsyncZod<RecentErrorsRoutesOptions> = async (
  app,
  { recentErrors },
) => {
  app.get(
    '/api/recent-errors',
    {
      schema: {
        tags: ['operations'],
        summary: 'Errors since the start, newest first',
        response: { 200: recentErrorsAnswer },
      },
    },
    async () => ({
      items: recentErrors.list().map(({ first, last, requestId, ...error }) => ({
        ...error,
        first_at: isoTime(first),
        last_at: isoTime(last),
        request_id: requestId,
      })),
    }),
  );
};
