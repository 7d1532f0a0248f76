import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { Executor } from '../../accounts/executor.ts';
import type { LiveMarket } from '../../market/sync/live-market.ts';
import type { MarketHistory } from '../../market/sync/market-history.ts';
import { problems } from '../shared/problem-schema.ts';
import { isoTime } from '../shared/times.ts';
import { answerOfCandle, answerOfStatus } from './answer.ts';
import {
  candlesAnswer,
  candlesQuery,
  marketStatusAnswer,
  olderCandlesQuery,
  priceAnswer,
  priceQuery,
} from './schema.ts';

export interface MarketRoutesOptions {
  readonly history: Pick<MarketHistory, 'candles' | 'status'>;
  readonly live: Pick<LiveMarket, 'status' | 'followed' | 'lastPrice'>;
  readonly executions: Executor['status'];
  readonly marketSource: string;
}

/** `/market/...`, `/live-price` and the older route for candles (http.md#24). */
export const marketRoutes: FastifyPluginAsyncZod<MarketRoutesOptions> = async (
  app,
  { history, live, executions, marketSource },
) => {
  const tags = ['market'];

  async function candlesOf({ symbol, interval, limit, before }: z.infer<typeof candlesQuery>) {
    const candles = await history.candles(symbol, interval, limit, before);
    return {
      symbol,
      interval,
      market_source: marketSource,
      candles: candles.map((candle) => ({ ...answerOfCandle(candle, interval), filled: candle.filled })),
    };
  }

  app.get(
    '/market/candles',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags,
        summary: 'The newest closed candles, or the candles before a time',
        querystring: candlesQuery,
        response: { 200: candlesAnswer, ...problems(404) },
      },
    },
    ({ query }) => candlesOf(query),
  );

  app.get(
    '/paper/market-data/candles',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags,
        summary: 'The same candles by the older route',
        querystring: olderCandlesQuery,
        response: { 200: candlesAnswer, ...problems(404) },
      },
    },
    ({ query }) => candlesOf(query),
  );

  app.get(
    '/live-price',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags,
        summary: 'The last traded price, at most a second old',
        querystring: priceQuery,
        response: { 200: priceAnswer, ...problems(404) },
      },
    },
    async ({ query: { symbol } }) => {
      const { price, at } = await live.lastPrice(symbol);
      return { symbol, price, timestamp: isoTime(at), market_source: marketSource };
    },
  );

  app.get(
    '/market/status',
    {
      schema: {
        tags,
        summary: 'State of the exchange connection, and of the candles of each symbol',
        response: { 200: marketStatusAnswer },
      },
    },
    () => answerOfStatus({ history, live, executions }, marketSource),
  );
};
