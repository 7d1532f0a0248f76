import { isoTime } from '../../runtime/iso-time.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import { answerOfCandle, answerOfStatus } from './answer.ts';
import { readCandles } from './read-candles.ts';
import {
  candlesAnswer,
  candlesQuery,
  marketStatusAnswer,
  olderCandlesQuery,
  priceAnswer,
  priceQuery,
} from './schema.ts';

/** `/market/...`, `/live-price` and the older route for candles (http.md#24). */
export const marketRoutes: Routes = async (
  app,
  { history, live, marketStatus, executions, marketSource },
) => {
  const tags = ['market'];

  const candleRoutes = [
    ['/market/candles', 'The newest closed candles, or the candles before a time', candlesQuery],
    ['/paper/market-data/candles', 'The same candles by the older route', olderCandlesQuery],
  ] as const;
  for (const [url, summary, querystring] of candleRoutes) {
    app.get(
      url,
      {
        config: { foreignPages: 'refused' },
        schema: { tags, summary, querystring, response: { 200: candlesAnswer, ...problems(404) } },
      },
      async ({ query }) => {
        const { symbol, interval } = query;
        return {
          symbol,
          interval,
          market_source: marketSource,
          candles: (await readCandles(history, query)).map((candle) => ({
            ...answerOfCandle(candle, interval),
            filled: candle.filled,
            complete: candle.complete,
          })),
        };
      },
    );
  }

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
    () => answerOfStatus({ marketStatus, executions }, marketSource),
  );
};
