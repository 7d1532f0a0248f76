import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { deliveryState, type NewAlert, type StoredAlert } from '../../alerts/alert.ts';
import type { Alerts } from '../../alerts/open-alerts.ts';
import { pageOf, pageQuery, readCursor } from '../shared/paging.ts';
import { problems } from '../shared/problem-schema.ts';
import { isoTime } from '../shared/time-schema.ts';
import { alerts as alertsAnswer } from './schema.ts';

export interface AlertRoutesOptions {
  readonly alerts: Pick<Alerts, 'list'>;
}

/** `GET /alerts`: what was told to the operator, and how its delivery stands. */
export const alertRoutes: FastifyPluginAsyncZod<AlertRoutesOptions> = async (app, { alerts }) => {
  app.get(
    '/alerts',
    {
      schema: {
        tags: ['operations'],
        summary: 'Alerts and their delivery, newest first',
        querystring: pageQuery,
        response: { 200: alertsAnswer, ...problems(400) },
      },
    },
    async ({ query }) => {
      const after = readCursor(query.cursor, z.object({ sequence: z.int() }));
      const known = await alerts.list(query.limit + 1, after);
      const page = pageOf(known, query.limit, ({ sequence }) => ({ sequence }));
      return { items: page.items.map(answerOf), next_cursor: page.next_cursor };
    },
  );
};

function answerOf(alert: StoredAlert) {
  const { text, details } = JSON.parse(alert.body) as Pick<NewAlert, 'text' | 'details'>;
  const timeOrNull = (time: number | null) => (time === null ? null : isoTime(time));
  return {
    id: alert.id,
    kind: alert.kind,
    subject: alert.subject,
    text,
    details: { ...details },
    created_at: isoTime(alert.createdAt),
    delivery: {
      state: deliveryState(alert),
      attempts: alert.attempts,
      next_attempt_at: timeOrNull(alert.nextAttemptAt),
      delivered_at: timeOrNull(alert.deliveredAt),
      last_status: alert.lastStatus,
      last_error: alert.lastError,
    },
  };
}
