import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { PaperDesk } from '../../accounts/paper-desk.ts';
import { executedAccount } from '../shared/executed-account.ts';
import { modelParams } from '../shared/fields.ts';
import { pageQuery } from '../shared/paging.ts';
import { readTrades } from './answer.ts';
import { sendTrades } from './csv.ts';
import { trades } from './schema.ts';

/** `GET /paper/trades/:model_id` (http.md#21). */
export const tradeRoutes: FastifyPluginAsyncZod<{ readonly desk: PaperDesk }> = async (app, { desk }) => {
  app.get(
    '/paper/trades/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags: ['paper records'],
        summary: 'Closed positions, newest first; as CSV with `Accept: text/csv`',
        params: modelParams,
        querystring: pageQuery,
        produces: ['application/json', 'text/csv'],
        response: { 200: z.union([trades, z.string()]) },
      },
    },
    async ({ params, query, headers }, reply) => {
      const { account, symbol } = (await executedAccount(desk, params.model_id)).stored;
      const page = await readTrades(desk.history, { id: account.id, symbol }, query);
      return sendTrades(reply, headers.accept, page);
    },
  );
};
