import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Replays } from '../../replays/replays.ts';
import type { EquityCurves } from '../../statistics/equity-curves.ts';
import { readDecisions } from '../decisions/answer.ts';
import { decisions } from '../decisions/schema.ts';
import { answerOfCurve } from '../equity/answer.ts';
import { equityCurve, equityQuery } from '../equity/schema.ts';
import { readLedger } from '../ledger/answer.ts';
import { ledger } from '../ledger/schema.ts';
import { pageQuery } from '../shared/paging.ts';
import { readTrades } from '../trades/answer.ts';
import { sendTrades } from '../trades/csv.ts';
import { trades } from '../trades/schema.ts';
import { replayParams } from './schema.ts';

export interface ReplayRecordRoutesOptions {
  readonly replays: Replays;
  readonly equityCurves: EquityCurves;
}

/** The account of a replay is never reset. */
const EPOCH = 1;

/** `/paper/replays/:id/equity`, `/trades`, `/ledger` and `/decisions` (http.md#22). */
export const replayRecordRoutes: FastifyPluginAsyncZod<ReplayRecordRoutesOptions> = async (
  app,
  { replays, equityCurves },
) => {
  const { history } = replays;
  const request = { tags: ['paper replays'], params: replayParams };

  app.get(
    '/paper/replays/:id/equity',
    {
      schema: {
        ...request,
        summary: 'The 15-minute equity curve of a replay, reduced to a number of points',
        querystring: equityQuery,
        response: { 200: equityCurve },
      },
    },
    async ({ params, query }) => {
      const job = await replays.get(params.id);
      const { from = job.from, to = job.to, points } = query;
      const { id, initialBalance, symbol } = job;
      const revision = job.results === null ? null : 'done';
      const owner = { id, epoch: EPOCH, initialBalance, symbol, revision };
      return answerOfCurve(await equityCurves(owner, { from, to, points }));
    },
  );

  app.get(
    '/paper/replays/:id/trades',
    {
      schema: {
        ...request,
        summary: 'Closed positions of a replay, newest first; as CSV with `Accept: text/csv`',
        querystring: pageQuery,
        produces: ['application/json', 'text/csv'],
        response: { 200: z.union([trades, z.string()]) },
      },
    },
    async ({ params, query, headers }, reply) =>
      sendTrades(reply, headers.accept, await readTrades(history, await replays.get(params.id), query)),
  );

  app.get(
    '/paper/replays/:id/ledger',
    {
      schema: {
        ...request,
        summary: 'Every movement of money of a replay, newest first',
        querystring: pageQuery,
        response: { 200: ledger },
      },
    },
    async ({ params, query }) => readLedger(history, (await replays.get(params.id)).id, query),
  );

  app.get(
    '/paper/replays/:id/decisions',
    {
      schema: {
        ...request,
        summary: 'One row per decision candle of a replay, newest first',
        querystring: pageQuery,
        response: { 200: decisions },
      },
    },
    async ({ params, query }) => readDecisions(history, (await replays.get(params.id)).id, query),
  );
};
