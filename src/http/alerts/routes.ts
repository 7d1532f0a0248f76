import { z } from 'zod';
import { pageQuery, readPage } from '../shared/paging.ts';
import type { Routes } from '../shared/routes.ts';
import { answerOfAlert } from './answer.ts';
import { alerts as alertsAnswer } from './schema.ts';

/** `GET /alerts` (http.md#25). */
export const alertRoutes: Routes = async (app, { alerts }) => {
  app.get(
    '/alerts',
    {
      schema: {
        tags: ['operations'],
        summary: 'Alerts and their delivery, newest first',
        querystring: pageQuery,
        response: { 200: alertsAnswer },
      },
    },
    async ({ query }) =>
      readPage(query, { cursor: z.object({ sequence: z.int() }), read: alerts.list, answer: answerOfAlert }),
  );
};
