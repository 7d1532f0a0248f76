import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { Executor } from '../../accounts/executor.ts';
import type { LiveMarket } from '../../market/sync/live-market.ts';
import type { MarketHistory } from '../../market/sync/market-history.ts';
import { problems } from '../shared/problem-schema.ts';
import { isoTime } from '../shared/time-schema.ts';
import { answerOfStatus } from './answer.ts';
import { answerOfCandle } from './candle-schema.ts';
import {
  candlesAnswer,
  candlesQuery,
  marketStatusAnswer,
  olderCandlesQuery,
  priceAnswer,
  priceQuery,
} from './schema.ts';

export interface MarketRoutesOptions {
  readonly history: Pick<MarketHistory, 'candles' | 'status' | 'asked'>;
  readonly live: Pick<LiveMarket, 'status' | 'followed' | 'lastPrice'>;
  readonly executions: Executor['status'];
  readonly marketSource: string;
}

/** Candles, prices and the state of the market (http.md#24). */
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
        summary: 'The newest closed candles, or those before a time',
        querystring: candlesQuery,
        response: { 200: candlesAnswer, ...problems(400, 404, 503) },
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
        summary: 'The same, by its older address',
        querystring: olderCandlesQuery,
        response: { 200: candlesAnswer, ...problems(400, 404, 503) },
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
        summary: 'The last price traded, at most a second old',
        querystring: priceQuery,
        response: { 200: priceAnswer, ...problems(400, 404, 503) },
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
        summary: 'What the service knows of the market, and how well',
        response: { 200: marketStatusAnswer },
      },
    },
    () => answerOfStatus({ history, live, executions }, marketSource),
  );
};
