import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { PaperDesk } from '../../accounts/paper-desk.ts';
import { executedAccount } from '../shared/executed-account.ts';
import { modelParams } from '../shared/fields.ts';
import { pageQuery } from '../shared/paging.ts';
import { readDecisions } from './answer.ts';
import { decisions } from './schema.ts';

/** `GET /paper/decisions/:model_id` (http.md#21). */
export const decisionRoutes: FastifyPluginAsyncZod<{ readonly desk: PaperDesk }> = async (app, { desk }) => {
  app.get(
    '/paper/decisions/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags: ['paper records'],
        summary: 'One row per decision candle, newest first: a decision, or the reason for none',
        params: modelParams,
        querystring: pageQuery,
        response: { 200: decisions },
      },
    },
    async ({ params, query }) => {
      const { account } = (await executedAccount(desk, params.model_id)).stored;
      return readDecisions(desk.history, account.id, query);
    },
  );
};
