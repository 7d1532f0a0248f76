import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { PaperDesk } from '../../accounts/paper-desk.ts';
import { executedAccount } from '../shared/executed-account.ts';
import { modelParams } from '../shared/fields.ts';
import { pageQuery } from '../shared/paging.ts';
import { readLedger } from './answer.ts';
import { ledger } from './schema.ts';

/** `GET /paper/ledger/:model_id` (http.md#21). */
export const ledgerRoutes: FastifyPluginAsyncZod<{ readonly desk: PaperDesk }> = async (app, { desk }) => {
  app.get(
    '/paper/ledger/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags: ['paper records'],
        summary: 'Every movement of money, newest first',
        params: modelParams,
        querystring: pageQuery,
        response: { 200: ledger },
      },
    },
    async ({ params, query }) => {
      const { account } = (await executedAccount(desk, params.model_id)).stored;
      return readLedger(desk.history, account.id, query);
    },
  );
};
