import { MINUTE_MS, newestClosedOpenTime, WINDOW_CANDLES } from '../candle.ts';
import { PaperdeskError } from '../errors.ts';
import type { Exchange } from '../market/exchange/exchange.ts';
import type { StoredCandle } from '../market/store/candle-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { createRevisionCache } from '../runtime/revision-cache.ts';
import { DECISION_CANDLE_MS, decisionCandleStart, INTRABAR_CANDLE_MS } from '../trading/candle-times.ts';
import { markAt } from '../trading/decision-candle.ts';
import type { CurrentMarket } from '../trading/manual-order.ts';
import type { MarketReader } from './market-reader.ts';

/** Prices that accounts trade and are marked at. */
export interface Prices {
  /**
   * Open of the intrabar candle that opens at `time` (ms); undefined as long as it is not known, null if the exchange
   * has none.
   */
  openAt(symbol: string, time: number): Promise<number | null | undefined>;
  /** Close of the newest closed intrabar candle. @throws MARKET_UNAVAILABLE if it is older than six minutes */
  newestClose(symbol: string): Promise<number>;
  /** The newest stored close, whatever its age; null if there is none. */
  storedClose(symbol: string): Promise<number | null>;
  /** Stored closes of the decision candles that closed at these times (ms; at most 5000), by that time. */
  closesAt(symbol: string, times: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** The market for a manual order. @throws MARKET_UNAVAILABLE */
  current(symbol: string): Promise<CurrentMarket>;
}

export interface PricesDependencies {
  readonly exchange: Pick<Exchange, 'fetchCandles'>;
  readonly repository: MarketRepository;
  readonly reader: MarketReader;
  readonly now: () => number;
}

/** An older close says too little about the current price (paper.md#22). */
const MAX_CLOSE_AGE_MS = 2 * INTRABAR_CANDLE_MS;
const MAX_SYMBOLS = 50;

export function createPrices({ exchange, repository, reader, now }: PricesDependencies): Prices {
  const opens = new Map<string, { readonly time: number; readonly open: number }>();
  const closes = createRevisionCache<number | null>({ maxEntries: MAX_SYMBOLS });

  async function readStoredClose(symbol: string): Promise<number | null> {
    const [intrabar] = await repository.candles.newest(symbol, '3m', 1);
    const [decision] = await repository.candles.newest(symbol, '15m', 1);
    const isIntrabarNewer =
      intrabar !== undefined &&
      (decision === undefined ||
        intrabar.openTime + INTRABAR_CANDLE_MS >= decision.openTime + DECISION_CANDLE_MS);
    return (isIntrabarNewer ? intrabar : decision)?.close ?? null;
  }

  async function newestCandle(symbol: string): Promise<StoredCandle> {
    const due = newestClosedOpenTime(now(), '3m');
    const { candles, failure } = await reader.candles(symbol, '3m', due - INTRABAR_CANDLE_MS, due);
    const newest = candles.findLast(({ filled }) => !filled);
    if (newest !== undefined) return newest;
    const age = `from the last ${MAX_CLOSE_AGE_MS / MINUTE_MS} minutes`;
    throw failure ?? unavailable(`There is no close of ${symbol} ${age}.`);
  }

  return {
    async openAt(symbol, time) {
      const known = opens.get(symbol);
      if (known?.time === time) return known.open;
      const [stored] = await repository.candles.range(symbol, '3m', time, time);
      if (stored !== undefined) return stored.filled ? null : stored.open;
      const { closed, forming } = await exchange.fetchCandles(symbol, '3m', time, 2);
      const found = [...closed, ...(forming === undefined ? [] : [forming])].find(
        ({ openTime }) => openTime === time,
      );
      if (found !== undefined) opens.set(symbol, { time, open: found.open });
      return found?.open;
    },

    newestClose: async (symbol) => (await newestCandle(symbol)).close,

    storedClose: (symbol) =>
      closes.get(
        symbol,
        () => repository.revision(symbol),
        () => readStoredClose(symbol),
      ),

    async closesAt(symbol, times) {
      const openTimes = times.map((time) => time - DECISION_CANDLE_MS);
      const found = await repository.candles.closesAt(symbol, '15m', openTimes);
      return new Map(Array.from(found, ([openTime, close]) => [openTime + DECISION_CANDLE_MS, close]));
    },

    async current(symbol) {
      const time = now();
      const { close } = await newestCandle(symbol);
      const asOf = decisionCandleStart(time);
      const from = asOf - WINDOW_CANDLES * DECISION_CANDLE_MS;
      const { candles, failure } = await reader.candles(symbol, '15m', from, asOf - DECISION_CANDLE_MS);
      const mark = markAt(withoutGap(candles), asOf);
      if (mark !== null) return { time, price: close, atr14: mark.atr14 };
      throw (
        failure ?? unavailable(`The candle of ${symbol} that closed at ${isoTime(asOf)} is not known yet.`)
      );
    },
  };
}

/** The candles after the last gap. */
export function withoutGap(candles15m: readonly StoredCandle[]): readonly StoredCandle[] {
  const gap = candles15m.findLastIndex(
    ({ openTime }, index) =>
      index > 0 && openTime - (candles15m[index - 1] as StoredCandle).openTime !== DECISION_CANDLE_MS,
  );
  return gap === -1 ? candles15m : candles15m.slice(gap);
}

function unavailable(sentence: string): PaperdeskError {
  return new PaperdeskError('MARKET_UNAVAILABLE', sentence, { retryAfterSeconds: 5 });
}
