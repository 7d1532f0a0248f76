import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Alerts } from '../../alerts/open-alerts.ts';
import { pageQuery, readPage } from '../shared/paging.ts';
import { answerOfAlert } from './answer.ts';
import { alerts as alertsAnswer } from './schema.ts';

export interface AlertRoutesOptions {
  readonly alerts: Pick<Alerts, 'list'>;
}

/** `GET /alerts` (http.md#25). */
export const alertRoutes: FastifyPluginAsyncZod<AlertRoutesOptions> = async (app, { alerts }) => {
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
