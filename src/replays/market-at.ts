import type { PastMarket } from './past-window-at.ts';

/** The market as it was known at the close of a candle (`asOf`, ms): without what closed, settled or was published later. */
export function marketUntil(market: PastMarket, asOf: number): PastMarket {
  const { decisionMs } = market.pipeline;
  return {
    ...market,
    decisionCandles: market.decisionCandles.filter(({ openTime }) => openTime + decisionMs <= asOf),
    funding: market.funding.filter(({ time }) => time <= asOf),
  };
}

/** The market with another future: all prices and funding rates after the close of a candle (`asOf`, ms) are doubled. */
export function marketWithOtherFuture(market: PastMarket, asOf: number): PastMarket {
  return {
    ...market,
    decisionCandles: market.decisionCandles.map((candle) => {
      if (candle.openTime < asOf) return candle;
      const { open, high, low, close } = candle;
      return { ...candle, open: 2 * open, high: 2 * high, low: 2 * low, close: 2 * close };
    }),
    funding: market.funding.map((settlement) =>
      settlement.time <= asOf ? settlement : { ...settlement, rate: 2 * settlement.rate },
    ),
  };
}
