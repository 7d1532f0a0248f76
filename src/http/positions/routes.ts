import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { requireSymbol } from '../../accounts/accounts.ts';
import type { PaperDesk } from '../../accounts/paper-desk.ts';
import { answerOfPosition } from '../accounts/answer.ts';
import {
  closeRequest,
  idempotency,
  modelParams,
  openRequest,
  position,
  positionParams,
  positions,
  priceUpdateAnswer,
  priceUpdateRequest,
} from '../accounts/schema.ts';
import { pageOf, pageQuery, readCursor } from '../shared/paging.ts';
import { problems } from '../shared/problem-schema.ts';

export interface PaperPositionRoutesOptions {
  readonly desk: PaperDesk;
  readonly newId: () => string;
}

const tags = ['paper positions'];
export const closedLotCursor = z.object({ closedAt: z.number(), id: z.string() });

/** Positions, manual orders and prices from outside (http.md#21). */
export const paperPositionRoutes: FastifyPluginAsyncZod<PaperPositionRoutesOptions> = async (
  app,
  options,
) => {
  const { desk, newId } = options;
  const { accounts, history } = desk;

  app.get(
    '/paper/positions/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags,
        summary: 'Open and closed positions, newest first',
        params: modelParams,
        querystring: pageQuery.extend({ status: z.enum(['open', 'closed']).optional() }),
        response: { 200: positions, ...problems(400, 404, 503) },
      },
    },
    async ({ params, query }) => {
      const overview = await desk.overview(await accounts.get(params.model_id));
      const { account, stored, price, pending } = overview;
      const after = readCursor(query.cursor, closedLotCursor);
      const { id } = account;
      const known = query.status === 'open' ? [] : await history.closedLots(id, query.limit + 1, after);
      const page = pageOf(known, query.limit, ({ closedAt, id: lot }) => ({ closedAt, id: lot }));
      const isFirst = after === undefined;
      const open = isFirst && query.status !== 'closed' ? account.lots.toReversed() : [];
      const fresh = isFirst && query.status !== 'open' ? pending.toReversed() : [];
      return {
        positions: [...open, ...fresh, ...page.items].map((lot) =>
          answerOfPosition(lot, stored.symbol, price),
        ),
        next_cursor: page.next_cursor,
      };
    },
  );

  app.post(
    '/paper/position/open',
    {
      schema: {
        tags,
        summary: 'Open a position by hand, at our price with slippage',
        description:
          'With the header `Idempotency-Key` the same request opens one position, however often it is sent.',
        headers: idempotency,
        body: openRequest,
        response: { 200: position, ...problems(400, 404, 409, 422, 503) },
      },
    },
    async ({ body, headers }) => {
      const { stored } = await accounts.get(body.model_id);
      requireSymbol(stored.account.id, stored.symbol, body.symbol);
      const price = body.current_price ?? body.entry_price;
      if (price !== undefined) await desk.checkPrice(stored.symbol, price);
      const lot = await desk.open(stored.account.id, {
        idempotencyKey: headers['idempotency-key'] ?? newId(),
        side: body.side,
        ...(body.size_usdt === undefined ? {} : { notional: body.size_usdt }),
        ...(body.leverage === undefined ? {} : { leverage: body.leverage }),
        ...(body.stop_loss === undefined ? {} : { stopLoss: body.stop_loss }),
        ...(body.take_profit === undefined ? {} : { takeProfit: body.take_profit }),
      });
      return answerOfPosition(lot, stored.symbol, await desk.market.storedClose(stored.symbol));
    },
  );

  app.post(
    '/paper/position/:id/close',
    {
      schema: {
        tags,
        summary: 'Close a position by hand, at our price with slippage',
        params: positionParams,
        body: closeRequest,
        response: { 200: position, ...problems(400, 404, 409, 422, 503) },
      },
    },
    async ({ params, body }) => {
      const { stored } = await accounts.get(params.id.split('.', 1)[0] as string);
      if (body?.exit_price !== undefined) await desk.checkPrice(stored.symbol, body.exit_price);
      return answerOfPosition(await desk.close(params.id), stored.symbol, null);
    },
  );

  app.post(
    '/paper/price-update',
    {
      schema: {
        tags,
        summary: 'Compare a price with ours, and bring the account up to date',
        description: 'A price from outside is checked, not believed: it triggers no exit and moves no money.',
        body: priceUpdateRequest,
        response: { 200: priceUpdateAnswer, ...problems(400, 404, 409, 422, 503) },
      },
    },
    async ({ body }) => {
      const { stored: before, model } = await accounts.get(body.model_id);
      const { symbol } = before;
      requireSymbol(before.account.id, symbol, body.symbol);
      await desk.checkPrice(symbol, (body.current_price ?? body.price) as number);
      const stored = await desk.execute(before.account.id);
      const { account, equity, price } = await desk.overview({ stored, model });
      return {
        model_id: account.id,
        symbol,
        price: price ?? (await desk.market.newestClose(symbol)),
        total_equity: equity,
        open_positions: account.lots.map((lot) => answerOfPosition(lot, symbol, price)),
      };
    },
  );
};
