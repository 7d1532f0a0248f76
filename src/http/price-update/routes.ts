import { marketOf } from '../../accounts/account-repository.ts';
import { requireSymbol } from '../../accounts/accounts.ts';
import { answerOfPosition } from '../positions/answer.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import { priceUpdateAnswer, priceUpdateRequest } from './schema.ts';

/** `POST /paper/price-update` (http.md#21). */
export const priceUpdateRoutes: Routes = async (app, { desk }) => {
  app.post(
    '/paper/price-update',
    {
      schema: {
        tags: ['paper positions'],
        summary: 'Compare a price with the market price, and bring the account up to date',
        description: 'The price in the request is only checked: it triggers no exit and moves no money.',
        body: priceUpdateRequest,
        response: { 200: priceUpdateAnswer, ...problems(404, 409, 422) },
      },
    },
    async ({ body }) => {
      const { stored: before, model } = await desk.accounts.get(body.model_id);
      const { symbol } = before;
      requireSymbol(before.account.id, symbol, body.symbol);
      await desk.checkPrice(before, (body.current_price ?? body.price) as number);
      const stored = await desk.execute(before.account.id);
      const { account, equity, price } = await desk.overview({ stored, model });
      return {
        model_id: account.id,
        symbol,
        price: price ?? (await desk.market.newestClose(marketOf(stored))),
        total_equity: equity,
        open_positions: account.lots.map((lot) => answerOfPosition(lot, symbol, price)),
      };
    },
  );
};
