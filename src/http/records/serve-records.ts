import { z } from 'zod';
import type { CurveOwner } from '../../statistics/equity-curves.ts';
import { answerOfDecision } from '../decisions/answer.ts';
import { decisions } from '../decisions/schema.ts';
import { answerOfCurve } from '../equity/answer.ts';
import { equityCurve, equityQuery } from '../equity/schema.ts';
import { answerOfLine } from '../ledger/answer.ts';
import { ledger } from '../ledger/schema.ts';
import { answerOfTrade } from '../positions/answer.ts';
import { closedLotCursor, trades } from '../positions/schema.ts';
import { pageQuery, readPage } from '../shared/paging.ts';
import type { RouteServices, Routes } from '../shared/routes.ts';
import { sendTrades } from './trades-csv.ts';

/** A live account or a replay. Times in ms. */
export interface RecordOwner extends CurveOwner {
  /** The range of its equity curve, unless a request names another. */
  readonly from: number;
  readonly to: number;
}

/** Whose records are served, and where. */
export interface RecordSource {
  readonly url: (record: string) => string;
  readonly tags: string[];
  /** The parameters of its URLs; the output is the id of the account or replay. */
  readonly params: z.ZodType<string>;
  readonly foreignPages?: 'refused';
  /** Ends the summaries of the routes. */
  readonly owner: string;
  readonly ownerOf: (id: string) => Promise<RecordOwner>;
}

/** Adds the routes of all records of a source. */
export function serveRecords(
  app: Parameters<Routes>[0],
  { desk: { history }, statistics }: RouteServices,
  { url, tags, params, foreignPages, owner, ownerOf }: RecordSource,
): void {
  const config = foreignPages === undefined ? {} : { foreignPages };
  const request = { tags, params, querystring: pageQuery };

  app.get(
    url('equity'),
    {
      config,
      schema: {
        ...request,
        summary: `The equity curve${owner || ' of the current epoch'} at the closes of decision candles, reduced to a number of points`,
        querystring: equityQuery,
        response: { 200: equityCurve },
      },
    },
    async ({ params, query: { points, ...range } }) => {
      const curveOwner = await ownerOf(params);
      const { from = curveOwner.from, to = curveOwner.to } = range;
      return answerOfCurve(await statistics.equityCurves(curveOwner, { from, to, points }));
    },
  );

  app.get(
    url('trades'),
    {
      config,
      schema: {
        ...request,
        summary: `Closed positions${owner}, newest first; as CSV with \`Accept: text/csv\``,
        produces: ['application/json', 'text/csv'],
        response: { 200: z.union([trades, z.string()]) },
      },
    },
    async ({ params, query, headers }, reply) => {
      const { id, symbol, pipeline } = await ownerOf(params);
      const page = await readPage(query, {
        cursor: closedLotCursor,
        read: (limit, after) => history.closedLots(id, limit, after),
        answer: async (lot) =>
          answerOfTrade(lot, symbol, await statistics.readExcursions(lot, { symbol, pipeline })),
      });
      return sendTrades(reply, headers.accept, page);
    },
  );

  app.get(
    url('ledger'),
    {
      config,
      schema: {
        ...request,
        summary: `Every movement of money${owner}, newest first`,
        response: { 200: ledger },
      },
    },
    async ({ params, query }) => {
      const { id } = await ownerOf(params);
      return readPage(query, {
        cursor: z.object({ epoch: z.number(), sequence: z.number() }),
        read: (limit, after) => history.ledger(id, limit, after),
        answer: answerOfLine,
      });
    },
  );

  app.get(
    url('decisions'),
    {
      config,
      schema: {
        ...request,
        summary: `One row per decision candle${owner}, newest first: a decision, or the reason for none`,
        response: { 200: decisions },
      },
    },
    async ({ params, query }) => {
      const { id } = await ownerOf(params);
      return readPage(query, {
        cursor: z.object({ asOf: z.number() }),
        read: (limit, after) => history.decisions(id, limit, after),
        answer: answerOfDecision,
      });
    },
  );
}
