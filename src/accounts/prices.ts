import { MINUTE_MS, newestClosedOpenTime, type Timeframe } from '../candle.ts';
import { PaperdeskError } from '../errors.ts';
import type { Exchange } from '../market/exchange/exchange.ts';
import type { StoredCandle } from '../market/store/candle-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { createRevisionCache } from '../runtime/revision-cache.ts';
import { createSingleFlight } from '../runtime/single-flight.ts';
import { decisionCandleStart, type TradedMarket } from '../trading/account-pipeline.ts';
import { markAt } from '../trading/decision-candle.ts';
import type { CurrentMarket } from '../trading/manual-order.ts';
import type { MarketReader } from './market-reader.ts';

/** A price that open lots are valued at. */
export interface PriceMark {
  readonly price: number;
  /** When the candle closed whose close it is, ms. */
  readonly at: number;
}

/** Prices that accounts trade and are marked at. */
export interface Prices {
  /**
   * Open of the intrabar candle that opens at `time` (ms); undefined as long as it is not known, null if the exchange
   * has none.
   */
  openAt(traded: TradedMarket, time: number): Promise<number | null | undefined>;
  /** Close of the newest closed intrabar candle. @throws MARKET_UNAVAILABLE if it is older than two of them */
  newestClose(traded: TradedMarket): Promise<number>;
  /** What open lots are marked at: the newest stored close, whatever its age; null if there is none (paper.md#54). */
  mark(traded: TradedMarket): Promise<PriceMark | null>;
  /** Stored closes of the decision candles that closed at these times (ms; at most 5000), by that time. */
  closesAt(
    symbol: string,
    pipeline: Pick<TradedMarket['pipeline'], 'decisionTimeframe' | 'decisionMs'>,
    times: readonly number[],
  ): Promise<ReadonlyMap<number, number>>;
  /** The market for a manual order. @throws MARKET_UNAVAILABLE, SYMBOL_UNKNOWN */
  current(traded: TradedMarket): Promise<CurrentMarket>;
  /**
   * The market as it was last stored, for a symbol that trades no longer (paper.md#55); undefined while it trades, or where
   * nothing is stored. @throws MARKET_UNAVAILABLE
   */
  last(traded: TradedMarket): Promise<CurrentMarket | undefined>;
}

export interface PricesDependencies {
  readonly exchange: Pick<Exchange, 'fetchCandles' | 'symbols'>;
  readonly repository: MarketRepository;
  readonly reader: MarketReader;
  readonly now: () => number;
}

/** An older close says too little about the current price (paper.md#22). */
const MAX_CLOSE_AGE_CANDLES = 2;
const MAX_SYMBOLS = 50;

export function createPrices({ exchange, repository, reader, now }: PricesDependencies): Prices {
  const opens = new Map<string, { readonly time: number; readonly open: number }>();
  /** All packages of a symbol decide at the same close, and ask for the same open. */
  const readOpens = createSingleFlight<number | null | undefined>();
  const closes = createRevisionCache<PriceMark | null>({ maxEntries: MAX_SYMBOLS });

  async function readOpen(symbol: string, timeframe: Timeframe, time: number) {
    const [stored] = await repository.candles.range(symbol, timeframe, time, time);
    if (stored !== undefined) return stored.filled ? null : stored.open;
    const { closed, forming } = await exchange.fetchCandles(symbol, timeframe, time, 2);
    const found = [...closed, ...(forming === undefined ? [] : [forming])].find(
      ({ openTime }) => openTime === time,
    );
    if (found !== undefined) opens.set(`${symbol} ${timeframe}`, { time, open: found.open });
    return found?.open;
  }

  async function readMark({ symbol, pipeline }: TradedMarket): Promise<PriceMark | null> {
    const [intrabar] = await repository.candles.newest(symbol, pipeline.intrabarTimeframe, 1);
    const [decision] = await repository.candles.newest(symbol, pipeline.decisionTimeframe, 1);
    const marks = [
      ...(intrabar === undefined
        ? []
        : [{ price: intrabar.close, at: intrabar.openTime + pipeline.intrabarMs }]),
      ...(decision === undefined
        ? []
        : [{ price: decision.close, at: decision.openTime + pipeline.decisionMs }]),
    ];
    // Of two that closed together, the intrabar candle: exits are executed on it.
    return marks.reduce<PriceMark | null>(
      (newest, mark) => (mark.at > (newest?.at ?? 0) ? mark : newest),
      null,
    );
  }

  async function newestCandle({ symbol, pipeline }: TradedMarket): Promise<StoredCandle> {
    const { intrabarTimeframe, intrabarMs } = pipeline;
    const due = newestClosedOpenTime(now(), intrabarTimeframe);
    const from = due - (MAX_CLOSE_AGE_CANDLES - 1) * intrabarMs;
    const { candles, failure } = await reader.candles(symbol, intrabarTimeframe, from, due);
    const newest = candles.findLast(({ filled }) => !filled);
    if (newest !== undefined) return newest;
    const age = `from the last ${(MAX_CLOSE_AGE_CANDLES * intrabarMs) / MINUTE_MS} minutes`;
    throw failure ?? unavailable(`There is no close of ${symbol} ${age}.`);
  }

  return {
    async openAt({ symbol, pipeline }, time) {
      const { intrabarTimeframe } = pipeline;
      const key = `${symbol} ${intrabarTimeframe}`;
      const known = opens.get(key);
      if (known?.time === time) return known.open;
      return readOpens(`${key} ${time}`, () => readOpen(symbol, intrabarTimeframe, time));
    },

    newestClose: async (traded) => (await newestCandle(traded)).close,

    mark: (traded) =>
      closes.get(
        `${traded.symbol} ${traded.pipeline.decisionTimeframe} ${traded.pipeline.intrabarTimeframe}`,
        () => repository.revision(traded.symbol),
        () => readMark(traded),
      ),

    async last(traded) {
      const { symbol, pipeline } = traded;
      if ((await exchange.symbols()).includes(symbol)) return undefined;
      const mark = await readMark(traded);
      if (mark === null) return undefined;
      const { decisionTimeframe, historyCandles } = pipeline;
      const candles = await repository.candles.newest(symbol, decisionTimeframe, historyCandles);
      return { time: now(), price: mark.price, atr14: lastAtr(pipeline, candles) };
    },

    async closesAt(symbol, { decisionTimeframe, decisionMs }, times) {
      const openTimes = times.map((time) => time - decisionMs);
      const found = await repository.candles.closesAt(symbol, decisionTimeframe, openTimes);
      return new Map(Array.from(found, ([openTime, close]) => [openTime + decisionMs, close]));
    },

    async current(traded) {
      const { symbol, pipeline } = traded;
      const { decisionTimeframe, decisionMs, historyCandles } = pipeline;
      const time = now();
      const { close } = await newestCandle(traded);
      const asOf = decisionCandleStart(pipeline, time);
      const from = asOf - historyCandles * decisionMs;
      const { candles, failure } = await reader.candles(symbol, decisionTimeframe, from, asOf - decisionMs);
      const mark = markAt(pipeline, withoutGap(pipeline, candles), asOf);
      if (mark !== null) return { time, price: close, atr14: mark.atr14 };
      throw (
        failure ?? unavailable(`The candle of ${symbol} that closed at ${isoTime(asOf)} is not known yet.`)
      );
    },
  };
}

/** 0 without candles. */
function lastAtr(pipeline: TradedMarket['pipeline'], candles: readonly StoredCandle[]): number {
  const closedAt = (candles.at(-1)?.openTime ?? 0) + pipeline.decisionMs;
  return markAt(pipeline, withoutGap(pipeline, candles), closedAt)?.atr14 ?? 0;
}

/** The candles after the last gap. */
export function withoutGap(
  { decisionMs }: TradedMarket['pipeline'],
  candles: readonly StoredCandle[],
): readonly StoredCandle[] {
  const gap = candles.findLastIndex(
    ({ openTime }, index) => index > 0 && openTime - candles[index - 1]!.openTime !== decisionMs,
  );
  return gap === -1 ? candles : candles.slice(gap);
}

function unavailable(sentence: string): PaperdeskError {
  return new PaperdeskError('MARKET_UNAVAILABLE', sentence, { retryAfterSeconds: 5 });
}
