import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { PaperDesk } from '../../accounts/paper-desk.ts';
import type { EquityCurves } from '../../statistics/equity-curves.ts';
import { decisionCandleStart } from '../../trading/candle-times.ts';
import { executedAccount } from '../shared/executed-account.ts';
import { modelParams } from '../shared/fields.ts';
import { answerOfCurve } from './answer.ts';
import { equityCurve, equityQuery } from './schema.ts';

export interface EquityRoutesOptions {
  readonly desk: PaperDesk;
  readonly equityCurves: EquityCurves;
  readonly now: () => number;
}

/** `GET /paper/equity/:model_id` (http.md#21). */
export const equityRoutes: FastifyPluginAsyncZod<EquityRoutesOptions> = async (
  app,
  { desk, equityCurves, now },
) => {
  app.get(
    '/paper/equity/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags: ['paper records'],
        summary: 'The 15-minute equity curve of the current epoch, reduced to a number of points',
        params: modelParams,
        querystring: equityQuery,
        response: { 200: equityCurve },
      },
    },
    async ({ params, query }) => {
      const { account, symbol, revision } = (await executedAccount(desk, params.model_id)).stored;
      // Points are at closes of decision candles, so this default lets callers between two closes share the cache.
      const { from = 0, to = decisionCandleStart(now()), points } = query;
      const { id, epoch, initialBalance } = account;
      const owner = { id, epoch, initialBalance, symbol, revision };
      return answerOfCurve(await equityCurves(owner, { from, to, points }));
    },
  );
};
