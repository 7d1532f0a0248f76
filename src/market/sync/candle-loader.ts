import { type Candle, flatCandle, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { joinRanges, missingRanges, type TimeRange } from '../store/time-ranges.ts';
import { createCandleDownload } from './candle-download.ts';
import type { LoaderDependencies } from './market-dependencies.ts';
import { isRecheckDue } from './recheck.ts';

/** Brings stored candles up to date. */
export interface CandleLoader {
  /**
   * Requests the candles that open from `from` to `to` (ms, both included) and are not stored, stores them, and fills
   * those in between that the exchange does not have. Candles at the end that it does not have yet stay missing.
   * @throws PaperdeskError MARKET_UNAVAILABLE, SYMBOL_UNKNOWN; what was stored before stays
   */
  load(symbol: string, timeframe: Timeframe, from: number, to: number): Promise<void>;
  /**
   * Requests stored candles again, and replaces them with the answer.
   * @throws PaperdeskError MARKET_UNAVAILABLE, SYMBOL_UNKNOWN; what was stored before stays
   */
  reload(symbol: string, timeframe: Timeframe, from: number, to: number): Promise<void>;
}

/** To request so many stored candles again costs less than a second request. */
const MAX_CANDLES_BETWEEN = 100;

export function createCandleLoader(dependencies: LoaderDependencies): CandleLoader {
  const { exchange, repository, clock, log } = dependencies;
  /** First candles of symbols that are younger than a requested range, by symbol and timeframe. */
  const firstCandles = new Map<string, number>();

  /** Missing candles that a stored one follows; those at the end of a range may still come. */
  async function holesIn(symbol: string, timeframe: Timeframe, range: TimeRange): Promise<TimeRange[]> {
    const step = TIMEFRAME_MS[timeframe];
    const times = await repository.candles.openTimes(symbol, timeframe, range.from, range.to);
    const later = await repository.candles.oldest(symbol, timeframe, range.to + step);
    const to = later === undefined ? (times.at(-1) ?? Number.NEGATIVE_INFINITY) : range.to;
    return missingRanges(times, { from: range.from, to }, step);
  }

  async function fill(symbol: string, timeframe: Timeframe, range: TimeRange): Promise<void> {
    const step = TIMEFRAME_MS[timeframe];
    const write = repository.beginWrite(symbol);
    const before = await candleBefore(symbol, timeframe, range.from);
    if (before === undefined) {
      // The symbol is younger than the range: no candle is missing.
      firstCandles.set(`${symbol} ${timeframe}`, range.to + step);
      return;
    }
    const { close } = before;
    const flat: Candle[] = [];
    for (let openTime = range.from; openTime <= range.to; openTime += step) {
      flat.push(flatCandle(openTime, close));
    }
    await write(async ({ candles, gaps }) => {
      await candles.storeFilled(symbol, timeframe, flat);
      await gaps.settle(symbol, timeframe, range, clock());
    });
    const facts = { symbol, timeframe, ...range, candles: flat.length };
    log.warn(facts, 'the exchange does not have these candles: filled flat');
  }

  /** The last candle before `time`: the stored one if it is adjacent, or else the exchange's. */
  async function candleBefore(
    symbol: string,
    timeframe: Timeframe,
    time: number,
  ): Promise<Candle | undefined> {
    const step = TIMEFRAME_MS[timeframe];
    const [adjacent] = await repository.candles.range(symbol, timeframe, time - step, time - step);
    if (adjacent !== undefined) return adjacent;
    const count = exchange.candlesPerRequest;
    const { closed } = await exchange.fetchCandles(symbol, timeframe, time - count * step, count);
    return closed.findLast(({ openTime }) => openTime < time);
  }

  return {
    async load(symbol, timeframe, start, to) {
      const step = TIMEFRAME_MS[timeframe];
      const from = Math.max(start, firstCandles.get(`${symbol} ${timeframe}`) ?? start);
      const range = { from, to };
      const gaps = await repository.gaps.list(symbol, timeframe, from, to);
      const times = await repository.candles.openTimes(symbol, timeframe, from, to);
      const missing = missingRanges(times, range, step);
      missing.push(...gaps.filter((gap) => isRecheckDue(gap, step, clock())));
      const download = createCandleDownload(dependencies, symbol, timeframe);
      for (const part of joinRanges(missing, MAX_CANDLES_BETWEEN * step)) await download(part);
      for (const hole of await holesIn(symbol, timeframe, range)) await download(hole);
      for (const hole of await holesIn(symbol, timeframe, range)) await fill(symbol, timeframe, hole);
    },
    reload: (symbol, timeframe, from, to) =>
      createCandleDownload(dependencies, symbol, timeframe)({ from, to }),
  };
}
