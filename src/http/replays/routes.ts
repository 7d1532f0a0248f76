import { setImmediate as turn } from 'node:timers/promises';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { PaperDesk } from '../../accounts/paper-desk.ts';
import { packageIdOf } from '../../packages/package-id.ts';
import type { Replays } from '../../replays/replays.ts';
import { createAccountCurves } from '../../statistics/account-curves.ts';
import { answerOfPosition, settingsOf } from '../accounts/answer.ts';
import { decisions, equityCurve, ledger, trades } from '../accounts/schema.ts';
import { closedLotCursor } from '../positions/routes.ts';
import { answerOfDecision } from '../records/decision-answer.ts';
import { answerOfCurve } from '../records/equity-answer.ts';
import { answerOfLine } from '../records/ledger-answer.ts';
import { equityQuery } from '../records/routes.ts';
import { tradesOrCsv } from '../records/trades-or-csv.ts';
import { pageOf, pageQuery, readCursor } from '../shared/paging.ts';
import { problems } from '../shared/problem-schema.ts';
import { answerOfReplay } from './answer.ts';
import { replay, replayList, replayPage, replayParams, replayRequest } from './schema.ts';

export interface PaperReplayRoutesOptions {
  readonly replays: Replays;
  readonly desk: Pick<PaperDesk, 'market'>;
}

const tags = ['paper replays'];
/** A list of all candles of two years. */
const MOST_BYTES = 4 * 1024 * 1024;
/** The account of a replay is never reset. */
const EPOCH = 1;

/** Replays: the same trading over stored candles (paper.md#42). */
export const paperReplayRoutes: FastifyPluginAsyncZod<PaperReplayRoutesOptions> = async (app, options) => {
  const { replays, desk } = options;
  const { history } = replays;
  const curves = createAccountCurves({ history, market: desk.market, pause: turn });

  app.post(
    '/paper/replays',
    {
      bodyLimit: MOST_BYTES,
      schema: {
        tags,
        summary: 'Replay a package over the candles of a range, in the background',
        description:
          "Balance and settings are those of the package's account unless they are given, or the standard ones " +
          'where it has none. Candles that are not stored are loaded. One replay runs at a time; the others wait.',
        body: replayRequest,
        response: { 202: replay, ...problems(400, 404, 409, 413, 422, 429, 503) },
      },
    },
    async ({ body }, reply) => {
      const { model_id, from, to, decided, label, initial_balance } = body;
      const job = await replays.request({
        ...{ modelId: model_id, from, to, decided, label },
        initialBalance: initial_balance,
        settings: settingsOf(body),
      });
      return reply.code(202).header('location', `/paper/replays/${job.id}`).send(answerOfReplay(job));
    },
  );

  app.get(
    '/paper/replays',
    {
      schema: {
        tags,
        summary: 'All replays, or those of one package, newest first',
        querystring: replayList,
        response: { 200: replayPage, ...problems(400, 503) },
      },
    },
    async ({ query: { limit, cursor, model_id } }) => {
      const after = readCursor(cursor, z.object({ createdAt: z.number(), id: z.string() }));
      const packageId = model_id === undefined ? undefined : packageIdOf(model_id);
      const known = await replays.list(limit + 1, { packageId, after });
      const page = pageOf(known, limit, ({ createdAt, id }) => ({ createdAt, id }));
      return { items: page.items.map(answerOfReplay), next_cursor: page.next_cursor };
    },
  );

  app.get(
    '/paper/replays/:id',
    {
      schema: {
        tags,
        summary: 'One replay: its state, and what came of it',
        params: replayParams,
        response: { 200: replay, ...problems(400, 404, 503) },
      },
    },
    async ({ params }) => answerOfReplay(await replays.get(params.id)),
  );

  app.delete(
    '/paper/replays/:id',
    {
      schema: {
        tags,
        summary: 'Cancel a replay that waits or runs; remove one that is finished',
        description:
          'A cancelled replay keeps what it has done so far, and is answered with 200; a second DELETE removes it.',
        params: replayParams,
        response: { 200: replay, 204: z.null(), ...problems(400, 404, 503) },
      },
    },
    async ({ params }, reply) => {
      const removed = await replays.remove(params.id);
      if (removed === 'removed') return reply.code(204).send(null);
      return answerOfReplay(removed);
    },
  );

  app.get(
    '/paper/replays/:id/equity',
    {
      schema: {
        tags,
        summary: 'The 15-minute equity curve of a replay, reduced to some points',
        params: replayParams,
        querystring: equityQuery,
        response: { 200: equityCurve, ...problems(400, 404, 503) },
      },
    },
    async ({ params, query }) => {
      const job = await replays.get(params.id);
      const { from = job.from, to = job.to, points } = query;
      const { id, initialBalance, symbol } = job;
      const version = job.results === null ? null : 'done';
      return answerOfCurve(
        await curves({ id, epoch: EPOCH, initialBalance, symbol, version }, { from, to, points }),
      );
    },
  );

  app.get(
    '/paper/replays/:id/trades',
    {
      schema: {
        tags,
        summary: 'Closed positions of a replay, newest first; as CSV with `Accept: text/csv`',
        params: replayParams,
        querystring: pageQuery,
        produces: ['application/json', 'text/csv'],
        response: { 200: z.union([trades, z.string()]), ...problems(400, 404, 503) },
      },
    },
    async ({ params, query, headers }, reply) => {
      const { id, symbol } = await replays.get(params.id);
      const after = readCursor(query.cursor, closedLotCursor);
      const known = await history.closedLots(id, query.limit + 1, after);
      const page = pageOf(known, query.limit, (lot) => ({ closedAt: lot.closedAt, id: lot.id }));
      const items = page.items.map((lot) => answerOfPosition(lot, symbol, null));
      return tradesOrCsv(reply, headers.accept, { items, next_cursor: page.next_cursor });
    },
  );

  app.get(
    '/paper/replays/:id/ledger',
    {
      schema: {
        tags,
        summary: 'Every movement of money of a replay, newest first',
        params: replayParams,
        querystring: pageQuery,
        response: { 200: ledger, ...problems(400, 404, 503) },
      },
    },
    async ({ params, query }) => {
      const { id } = await replays.get(params.id);
      const after = readCursor(query.cursor, z.object({ epoch: z.number(), sequence: z.number() }));
      const known = await history.ledger(id, query.limit + 1, after);
      const page = pageOf(known, query.limit, ({ epoch, sequence }) => ({ epoch, sequence }));
      return { items: page.items.map(answerOfLine), next_cursor: page.next_cursor };
    },
  );

  app.get(
    '/paper/replays/:id/decisions',
    {
      schema: {
        tags,
        summary: 'One row for each candle of a replay, newest first',
        params: replayParams,
        querystring: pageQuery,
        response: { 200: decisions, ...problems(400, 404, 503) },
      },
    },
    async ({ params, query }) => {
      const { id } = await replays.get(params.id);
      const after = readCursor(query.cursor, z.object({ asOf: z.number() }));
      const known = await history.decisions(id, query.limit + 1, after);
      const page = pageOf(known, query.limit, ({ asOf }) => ({ asOf }));
      return { items: page.items.map(answerOfDecision), next_cursor: page.next_cursor };
    },
  );
};
