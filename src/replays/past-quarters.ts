import { fundingOf, type MarkedCandle, markedAt } from '../accounts/market-stretch.ts';
import type { Candle } from '../candle.ts';
import type { StoredCandle } from '../market/store/candle-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { pastWindow } from '../market/store/past-window.ts';
import { FUNDING_LEAD_MS, WINDOW_CANDLES } from '../market/store/window-validity.ts';
import type { MarketWindow } from '../market/sync/market-history.ts';
import { DECISION_CANDLE_MS, INTRABAR_PER_DECISION } from '../trading/candle-times.ts';
import type { DecisionCandle } from '../trading/decision-candle.ts';
import type { ReplayOrder } from './replay-job.ts';

/** A stored quarter, and what the decision at its start is computed from. */
export interface PastCandle {
  readonly quarter: DecisionCandle;
  /** Of the 1500 candles that closed by its start. */
  window(): MarketWindow;
}

/** Read ahead at once. */
const QUARTERS_READ = 500;
/** Handed on at once, with their 3m candles. */
const QUARTERS_AT_ONCE = 32;

/**
 * The stored quarters of a range that `loadRange` has seen to, some at a time, in order.
 * @param pause waited for after every few milliseconds of work
 */
export async function* pastCandles(
  { candles, funding }: Pick<MarketRepository, 'candles' | 'funding'>,
  { symbol, from, to }: Pick<ReplayOrder, 'symbol' | 'from' | 'to'>,
  pause: () => Promise<void>,
): AsyncGenerator<PastCandle[]> {
  const start = from - WINDOW_CANDLES * DECISION_CANDLE_MS;
  const settlements = await funding.range(symbol, start - FUNDING_LEAD_MS, to);
  let known = await candles.range(symbol, '15m', start, from - DECISION_CANDLE_MS);
  for (let first = from; first < to; ) {
    const end = Math.min(to, first + QUARTERS_READ * DECISION_CANDLE_MS);
    known = [
      ...known.slice(-WINDOW_CANDLES),
      ...(await candles.range(symbol, '15m', first, end - DECISION_CANDLE_MS)),
    ];
    await pause();
    for (; first < end; first += QUARTERS_AT_ONCE * DECISION_CANDLE_MS) {
      const last = Math.min(end, first + QUARTERS_AT_ONCE * DECISION_CANDLE_MS);
      const parts = await candles.range(symbol, '3m', first, last - 1);
      const found: PastCandle[] = [];
      for (let openTime = first; openTime < last; openTime += DECISION_CANDLE_MS) {
        const at = (openTime - (known[0]?.openTime ?? 0)) / DECISION_CANDLE_MS;
        const lead = known.slice(at - WINDOW_CANDLES, at);
        found.push({
          quarter: {
            candle: known[at] as Candle,
            parts: completeParts(parts, openTime),
            funding: fundingOf(settlements, openTime),
            ...(markedAt(known, openTime) as MarkedCandle),
          },
          window: () => pastWindow(symbol, lead, settlements),
        });
        if (found.length % 8 === 0) await pause();
      }
      yield found;
    }
    first = end;
  }
}

/** The 3-minute candles of a quarter, or null when they are not all there; filled ones are not (paper.md#28). */
function completeParts(candles: readonly StoredCandle[], openTime: number): readonly Candle[] | null {
  const parts = candles.filter(
    (one) => !one.filled && one.openTime >= openTime && one.openTime < openTime + DECISION_CANDLE_MS,
  );
  return parts.length === INTRABAR_PER_DECISION ? parts : null;
}
