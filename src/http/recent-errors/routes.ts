import { isoTime } from '../../runtime/iso-time.ts';
import type { Routes } from '../shared/routes.ts';
import { recentErrors as recentErrorsAnswer } from './schema.ts';

/** `GET /api/recent-errors` (http.md#25). */
export const recentErrorsRoutes: Routes = async (app, { recentErrors }) => {
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
