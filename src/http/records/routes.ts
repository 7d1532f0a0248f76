import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { PaperDesk } from '../../accounts/paper-desk.ts';
import { decisionCandleStart } from '../../trading/candle-times.ts';
import { answerOfPosition } from '../accounts/answer.ts';
import { decisions, equityCurve, ledger, modelParams, trades } from '../accounts/schema.ts';
import { closedLotCursor } from '../positions/routes.ts';
import { pageOf, pageQuery, readCursor } from '../shared/paging.ts';
import { problems } from '../shared/problem-schema.ts';
import { answerOfDecision } from './decision-answer.ts';
import { answerOfCurve } from './equity-answer.ts';
import { answerOfLine } from './ledger-answer.ts';
import { tradesOrCsv } from './trades-or-csv.ts';

export interface PaperRecordRoutesOptions {
  readonly desk: PaperDesk;
  readonly now: () => number;
}

const tags = ['paper records'];
const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
export const equityQuery = z.object({
  from: moment.optional(),
  to: moment.optional(),
  points: z.coerce.number().int().min(3).max(5000).default(500),
});

/** What accounts have behind them: equity, trades, ledger and decisions (http.md#21). */
export const paperRecordRoutes: FastifyPluginAsyncZod<PaperRecordRoutesOptions> = async (app, options) => {
  const { desk, now } = options;
  const { history } = desk;
  const storedOf = async (modelId: string) => {
    const { stored } = await desk.accounts.get(modelId);
    return desk.execute(stored.account.id);
  };

  app.get(
    '/paper/equity/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags,
        summary: 'The 15-minute equity curve of the current epoch, reduced to some points',
        params: modelParams,
        querystring: equityQuery,
        response: { 200: equityCurve, ...problems(400, 404, 503) },
      },
    },
    async ({ params, query }) => {
      const { account, symbol, revision } = await storedOf(params.model_id);
      // Points are at closes of 15-minute candles: all who ask before the next one are answered the same.
      const { from = 0, to = decisionCandleStart(now()), points } = query;
      const { id, epoch, initialBalance } = account;
      const owner = { id, epoch, initialBalance, symbol, version: revision };
      return answerOfCurve(await desk.curve(owner, { from, to, points }));
    },
  );

  app.get(
    '/paper/trades/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags,
        summary: 'Closed positions, newest first; as CSV with `Accept: text/csv`',
        params: modelParams,
        querystring: pageQuery,
        produces: ['application/json', 'text/csv'],
        response: { 200: z.union([trades, z.string()]), ...problems(400, 404, 503) },
      },
    },
    async ({ params, query, headers }, reply) => {
      const { account, symbol } = await storedOf(params.model_id);
      const after = readCursor(query.cursor, closedLotCursor);
      const known = await history.closedLots(account.id, query.limit + 1, after);
      const page = pageOf(known, query.limit, ({ closedAt, id }) => ({ closedAt, id }));
      const items = page.items.map((lot) => answerOfPosition(lot, symbol, null));
      return tradesOrCsv(reply, headers.accept, { items, next_cursor: page.next_cursor });
    },
  );

  app.get(
    '/paper/ledger/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags,
        summary: 'Every movement of money, newest first',
        params: modelParams,
        querystring: pageQuery,
        response: { 200: ledger, ...problems(400, 404, 503) },
      },
    },
    async ({ params, query }) => {
      const { account } = await storedOf(params.model_id);
      const after = readCursor(query.cursor, z.object({ epoch: z.number(), sequence: z.number() }));
      const known = await history.ledger(account.id, query.limit + 1, after);
      const page = pageOf(known, query.limit, ({ epoch, sequence }) => ({ epoch, sequence }));
      return {
        items: page.items.map(answerOfLine),
        next_cursor: page.next_cursor,
      };
    },
  );

  app.get(
    '/paper/decisions/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags,
        summary: 'One row for each candle: a decision, or the reason for none; newest first',
        params: modelParams,
        querystring: pageQuery,
        response: { 200: decisions, ...problems(400, 404, 503) },
      },
    },
    async ({ params, query }) => {
      const { account } = await storedOf(params.model_id);
      const after = readCursor(query.cursor, z.object({ asOf: z.number() }));
      const known = await history.decisions(account.id, query.limit + 1, after);
      const page = pageOf(known, query.limit, ({ asOf }) => ({ asOf }));
      return {
        items: page.items.map(answerOfDecision),
        next_cursor: page.next_cursor,
      };
    },
  );
};
