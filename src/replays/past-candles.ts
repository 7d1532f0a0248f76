import { WINDOW_CANDLES } from '../candle.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { pastWindow } from '../market/store/past-window.ts';
import { FUNDING_LEAD_MS } from '../market/store/window-validity.ts';
import type { MarketWindow } from '../market/sync/market-history.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { DECISION_CANDLE_MS } from '../trading/candle-times.ts';
import { type DecisionCandle, decisionCandleAt } from '../trading/decision-candle.ts';
import type { ReplayOrder } from './replay-job.ts';

/** A stored decision candle, and the window of the decision that is filled at its open. */
export interface PastCandle {
  readonly decisionCandle: DecisionCandle;
  /** The 1500 candles before it. */
  window(): MarketWindow;
}

/** Decision candles of a slice (paper.md#47). */
const CANDLES_PER_SLICE = 32;
const CANDLES_PER_PAUSE = 8;

/**
 * The decision candles of a range that `loadRange` has loaded, in order, in slices.
 * @param pause awaited after every few milliseconds of work
 */
export async function* pastCandles(
  { candles, funding }: Pick<MarketRepository, 'candles' | 'funding'>,
  { symbol, from, to }: Pick<ReplayOrder, 'symbol' | 'from' | 'to'>,
  pause: () => Promise<void>,
): AsyncGenerator<PastCandle[]> {
  const start = from - WINDOW_CANDLES * DECISION_CANDLE_MS;
  const settlements = await funding.range(symbol, start - FUNDING_LEAD_MS, to);
  let before = await candles.range(symbol, '15m', start, from - DECISION_CANDLE_MS);
  for (let first = from; first < to; first += CANDLES_PER_SLICE * DECISION_CANDLE_MS) {
    const end = Math.min(to, first + CANDLES_PER_SLICE * DECISION_CANDLE_MS);
    const candles15m = [...before, ...(await candles.range(symbol, '15m', first, end - DECISION_CANDLE_MS))];
    const candles3m = await candles.range(symbol, '3m', first, end - 1);
    const slice: PastCandle[] = [];
    for (let openTime = first; openTime < end; openTime += DECISION_CANDLE_MS) {
      const index = before.length + slice.length;
      const decisionCandle = decisionCandleAt({ candles15m, candles3m, funding: settlements }, openTime);
      if (decisionCandle === null)
        throw new RangeError(`No 15m candle of ${symbol} is stored for ${isoTime(openTime)}.`);
      const window = candles15m.slice(index - WINDOW_CANDLES, index);
      slice.push({ decisionCandle, window: () => pastWindow(symbol, window, settlements) });
      if (slice.length % CANDLES_PER_PAUSE === 0) await pause();
    }
    yield slice;
    before = candles15m.slice(-WINDOW_CANDLES);
  }
}
