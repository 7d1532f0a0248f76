import type { MarketRepository } from '../market/store/market-repository.ts';
import { FUNDING_LEAD_MS } from '../market/store/window-validity.ts';
import type { MarketWindow } from '../market/sync/market-history.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { type DecisionCandle, decisionCandleAt } from '../trading/decision-candle.ts';
import type { PastWindowAt } from './past-window-at.ts';
import type { ReplayOrder } from './replay-job.ts';

/** A stored decision candle, and the window of the decision that is filled at its open. */
export interface PastCandle {
  readonly decisionCandle: DecisionCandle;
  /** The history of candles before it. */
  window(): MarketWindow;
}

/** Decision candles of a slice (paper.md#47). */
export const CANDLES_PER_SLICE = 32;
const CANDLES_PER_PAUSE = 8;

/**
 * The decision candles of a range that `loadRange` has loaded, in order, in slices.
 * @param windowAt takes the window of a decision from candles that reach to the end of its slice
 * @param pause awaited after every few milliseconds of work
 */
export async function* pastCandles(
  { candles, funding }: Pick<MarketRepository, 'candles' | 'funding'>,
  pipeline: Pipeline,
  { symbol, from, to }: Pick<ReplayOrder, 'symbol' | 'from' | 'to'>,
  windowAt: PastWindowAt,
  pause: () => Promise<void>,
): AsyncGenerator<PastCandle[]> {
  const { decisionTimeframe, decisionMs, intrabarTimeframe, historyCandles } = pipeline;
  const start = from - historyCandles * decisionMs;
  const settlements = await funding.range(symbol, start - FUNDING_LEAD_MS, to);
  let before = await candles.range(symbol, decisionTimeframe, start, from - decisionMs);
  for (let first = from; first < to; first += CANDLES_PER_SLICE * decisionMs) {
    const end = Math.min(to, first + CANDLES_PER_SLICE * decisionMs);
    const added = await candles.range(symbol, decisionTimeframe, first, end - decisionMs);
    const decisionCandles = [...before, ...added];
    const intrabarCandles = await candles.range(symbol, intrabarTimeframe, first, end - 1);
    const market = { symbol, pipeline, decisionCandles, funding: settlements };
    const sources = { ...market, intrabarCandles };
    const slice: PastCandle[] = [];
    for (let openTime = first; openTime < end; openTime += decisionMs) {
      const decisionCandle = decisionCandleAt(sources, openTime);
      if (decisionCandle === null)
        throw new RangeError(`No candle of ${symbol} is stored for ${isoTime(openTime)}.`);
      slice.push({ decisionCandle, window: () => windowAt(market, openTime) });
      if (slice.length % CANDLES_PER_PAUSE === 0) await pause();
    }
    yield slice;
    before = decisionCandles.slice(-historyCandles);
  }
}
