import { z } from 'zod';
import { answerOfDecision } from '../decisions/answer.ts';
import { decisions, decisionsQuery } from '../decisions/schema.ts';
import { answerOfLine } from '../ledger/answer.ts';
import { ledger, ledgerQuery } from '../ledger/schema.ts';
import { answerOfTrade, answerOfWholePosition } from '../positions/answer.ts';
import {
  closedLotCursor,
  lotResultCursor,
  lotsQuery,
  positionCursor,
  positionResultCursor,
  trades,
  wholePositions,
} from '../positions/schema.ts';
import { readNumberedPage } from '../shared/paging.ts';
import type { RouteServices, Routes } from '../shared/routes.ts';
import type { RecordSource } from './record-source.ts';
import { sendTrades } from './trades-csv.ts';

type LotCursor = Partial<z.infer<typeof closedLotCursor> & z.infer<typeof lotResultCursor>>;
type PositionCursor = z.infer<typeof positionCursor> & Partial<z.infer<typeof positionResultCursor>>;

const isByResult = (sort: string) => sort === 'best' || sort === 'worst';

/** Adds the lists of a source: trades, positions, ledger and decisions. */
export function serveLists(
  app: Parameters<Routes>[0],
  { desk: { history }, statistics }: RouteServices,
  { url, tags, params, foreignPages, owner, ownerOf }: RecordSource,
): void {
  const config = foreignPages === undefined ? {} : { foreignPages };
  const request = { tags, params };

  app.get(
    url('trades'),
    {
      config,
      schema: {
        ...request,
        summary: `Closed lots${owner}, newest first; as CSV with \`Accept: text/csv\``,
        querystring: lotsQuery,
        produces: ['application/json', 'text/csv'],
        response: { 200: z.union([trades, z.string()]) },
      },
    },
    async ({ params, query: { limit, cursor, offset, ...view }, headers }, reply) => {
      const { id, symbol, pipeline } = await ownerOf(params);
      const cursorType: z.ZodType<LotCursor> = isByResult(view.sort) ? lotResultCursor : closedLotCursor;
      const page = await readNumberedPage(
        { limit, cursor, offset },
        {
          cursor: cursorType,
          count: () => history.countClosedLots(id, view),
          read: (limit, after, skip) => history.closedLots(id, limit, after, { ...view, skip }),
          answer: async (lot) =>
            answerOfTrade(lot, symbol, await statistics.readExcursions(lot, { symbol, pipeline })),
        },
      );
      return sendTrades(reply, headers.accept, page);
    },
  );

  app.get(
    url('positions'),
    {
      config,
      schema: {
        ...request,
        summary: `Positions${owner}: the lots from flat to flat, newest first`,
        querystring: lotsQuery,
        response: { 200: wholePositions },
      },
    },
    async ({ params, query: { limit, cursor, offset, ...view } }) => {
      const { id, symbol, price } = await ownerOf(params);
      const mark = await price();
      const cursorType: z.ZodType<PositionCursor> = isByResult(view.sort)
        ? positionResultCursor
        : positionCursor;
      return readNumberedPage(
        { limit, cursor, offset },
        {
          cursor: cursorType,
          count: () => history.countPositions(id, view),
          read: (limit, after, skip) => history.positions(id, limit, after, { ...view, skip }),
          answer: (position) => answerOfWholePosition(position, symbol, mark),
        },
      );
    },
  );

  app.get(
    url('ledger'),
    {
      config,
      schema: {
        ...request,
        summary: `Every movement of money${owner}, newest first`,
        querystring: ledgerQuery,
        response: { 200: ledger },
      },
    },
    async ({ params, query: { limit, cursor, offset, position_id: lotId, ...others } }) => {
      const { id } = await ownerOf(params);
      const view = { ...others, lotId };
      return readNumberedPage(
        { limit, cursor, offset },
        {
          cursor: z.object({ epoch: z.int(), sequence: z.int() }),
          count: () => history.countLines(id, view),
          read: (limit, after, skip) => history.ledger(id, limit, after, { ...view, skip }),
          answer: answerOfLine,
        },
      );
    },
  );

  app.get(
    url('decisions'),
    {
      config,
      schema: {
        ...request,
        summary: `One row per decision candle${owner}, newest first: a decision, or the reason for none`,
        querystring: decisionsQuery,
        response: { 200: decisions },
      },
    },
    async ({ params, query: { limit, cursor, offset, ...view } }) => {
      const { id } = await ownerOf(params);
      return readNumberedPage(
        { limit, cursor, offset },
        {
          cursor: z.object({ asOf: z.int() }),
          count: () => history.countDecisions(id, view),
          read: (limit, after, skip) => history.decisions(id, limit, after, { ...view, skip }),
          answer: answerOfDecision,
        },
      );
    },
  );
}
