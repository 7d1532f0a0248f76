import { z } from 'zod';
import { marketOf, type StoredAccount } from '../../accounts/account-repository.ts';
import { requireSymbol } from '../../accounts/accounts.ts';
import { accountIdOfLot } from '../../trading/ledger.ts';
import { modelParams } from '../shared/fields.ts';
import { pageQuery, readPage } from '../shared/paging.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import { answerOfPosition } from './answer.ts';
import {
  closeAllRequest,
  closedLotCursor,
  closedLots,
  closeParams,
  closeRequest,
  editRequest,
  idempotencyHeaders,
  openRequest,
  position,
  positions,
} from './schema.ts';

const tags = ['paper positions'];

/** `GET /paper/positions/:model_id` and manual orders below `/paper/position/` (http.md#21). */
export const positionRoutes: Routes = async (app, { desk, newId }) => {
  const { accounts, history } = desk;
  const priceOf = async (stored: StoredAccount) => (await desk.market.mark(marketOf(stored)))?.price ?? null;

  app.get(
    '/paper/positions/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags,
        summary: 'Open and closed lots, newest first; whole positions are below /paper/account/',
        params: modelParams,
        querystring: pageQuery.extend({ status: z.enum(['open', 'closed']).optional() }),
        response: { 200: positions },
      },
    },
    async ({ params, query }) => {
      const { account, stored, price, pending } = await desk.overview(await accounts.get(params.model_id));
      const toPosition = (lot: Parameters<typeof answerOfPosition>[0]) =>
        answerOfPosition(lot, stored.symbol, price);
      const { items, next_cursor } = await readPage(query, {
        cursor: closedLotCursor,
        read: async (limit, after) =>
          query.status === 'open' ? [] : history.closedLots(account.id, limit, after),
        answer: toPosition,
      });
      const isFirstPage = query.cursor === undefined;
      const open = isFirstPage && query.status !== 'closed' ? account.lots.toReversed() : [];
      const justClosed = isFirstPage && query.status !== 'open' ? pending.toReversed() : [];
      return { positions: [...[...open, ...justClosed].map(toPosition), ...items], next_cursor };
    },
  );

  app.post(
    '/paper/position/open',
    {
      schema: {
        tags,
        summary: 'Open a position by hand, at the market price with slippage',
        description:
          'With the header `Idempotency-Key` a request opens one position, however often it is repeated.',
        headers: idempotencyHeaders,
        body: openRequest,
        response: { 200: position, ...problems(404, 409, 422) },
      },
    },
    async ({ body, headers }) => {
      const { stored } = await accounts.get(body.model_id);
      requireSymbol(stored.account.id, stored.symbol, body.symbol);
      const price = body.current_price ?? body.entry_price;
      if (price !== undefined) await desk.checkPrice(stored, price);
      const lot = await desk.open(stored.account.id, {
        idempotencyKey: headers['idempotency-key'] ?? newId(),
        side: body.side,
        ...(body.size_usdt === undefined ? {} : { notional: body.size_usdt }),
        ...(body.leverage === undefined ? {} : { leverage: body.leverage }),
        ...(body.stop_loss === undefined ? {} : { stopLoss: body.stop_loss }),
        ...(body.take_profit === undefined ? {} : { takeProfit: body.take_profit }),
      });
      return answerOfPosition(lot, stored.symbol, await priceOf(stored));
    },
  );

  app.post(
    '/paper/position/:id/close',
    {
      schema: {
        tags,
        summary: 'Close a lot, or a part of it, by hand, at the market price with slippage',
        description:
          'A closed part is a lot of its own. With the header `Idempotency-Key` a request closes one part, however often ' +
          'it is repeated.',
        headers: idempotencyHeaders,
        params: closeParams,
        body: closeRequest,
        response: { 200: position, ...problems(409, 422) },
      },
    },
    async ({ params, body, headers }) => {
      const { stored } = await accounts.get(accountIdOfLot(params.id));
      if (body?.exit_price !== undefined) await desk.checkPrice(stored, body.exit_price);
      const lot = await desk.close(params.id, {
        ...{ share: body?.fraction, notional: body?.size_usdt, reason: body?.reason },
        idempotencyKey: headers['idempotency-key'],
      });
      return answerOfPosition(lot, stored.symbol, null);
    },
  );

  app.post(
    '/paper/position/:id/edit',
    {
      schema: {
        tags,
        summary: 'Move stop and target of an open lot by hand',
        description: 'The stop must be between liquidation and price, the target beyond the price.',
        params: closeParams,
        body: editRequest,
        response: { 200: position, ...problems(409, 422) },
      },
    },
    async ({ params: { id }, body }) => {
      const { stored } = await accounts.get(accountIdOfLot(id));
      const lot = await desk.moveExits({
        ...{ lotId: id, stopLoss: body.stop_loss, takeProfit: body.take_profit },
        reason: body.reason ?? null,
      });
      return answerOfPosition(lot, stored.symbol, await priceOf(stored));
    },
  );

  app.post(
    '/paper/account/:model_id/close-all',
    {
      schema: {
        tags,
        summary: 'Close all lots of an account, or some of them, by hand',
        description: 'With `ids`, a repeated request closes nothing that was opened since.',
        params: modelParams,
        body: closeAllRequest,
        response: { 200: closedLots, ...problems(409) },
      },
    },
    async ({ params, body }) => {
      const { stored } = await accounts.get(params.model_id);
      const closed = await desk.closeAll(stored.account.id, body?.ids ?? null, body?.reason ?? null);
      return { closed: closed.map((lot) => answerOfPosition(lot, stored.symbol, null)) };
    },
  );
};
