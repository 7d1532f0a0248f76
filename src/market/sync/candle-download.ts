import { type Candle, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import { sameCandle } from '../exchange/candle-check.ts';
import type { TimeRange } from '../store/time-ranges.ts';
import type { LoaderDependencies } from './market-dependencies.ts';

/**
 * Requests all candles of a range, and stores them once all have arrived and match what is known.
 * @throws PaperdeskError MARKET_UNAVAILABLE, SYMBOL_UNKNOWN
 */
export type CandleDownload = (range: TimeRange) => Promise<void>;

/** Only a candle that another one follows is certainly closed, and the next ones may be missing. */
const EXTRA_CANDLES = 5;
/** The newest close of a first download is within this factor of the last price, or it is of another symbol. */
const PRICE_FACTOR = 1.5;

export function createCandleDownload(
  { exchange, repository, clock, log }: LoaderDependencies,
  symbol: string,
  timeframe: Timeframe,
): CandleDownload {
  const step = TIMEFRAME_MS[timeframe];

  /** Page after page, each beginning with the last candle of the one before; a corrected `known` comes first. */
  async function fetchPages({ from, to }: TimeRange, known: Candle | undefined): Promise<Candle[]> {
    const fetched: Candle[] = [];
    let overlap = known;
    let next = from;
    while (next <= to) {
      const since = overlap?.openTime ?? next;
      const limit = Math.min((to - since) / step + 1 + EXTRA_CANDLES, exchange.candlesPerRequest);
      const { closed } = await exchange.fetchCandles(symbol, timeframe, since, limit, { overlap });
      const again = closed.find(({ openTime }) => openTime === overlap?.openTime);
      if (again !== undefined && known !== undefined && overlap === known && !sameCandle(again, known))
        fetched.push(again);
      const fresh = closed.filter(({ openTime }) => openTime >= next);
      const newest = fresh.at(-1);
      if (newest === undefined) break;
      fetched.push(...fresh);
      overlap = newest;
      next = newest.openTime + step;
    }
    return fetched;
  }

  /**
   * Without a stored candle to compare with, the newest candle is compared with the last price, or, if it closed too
   * long ago, the oldest one with a second answer.
   */
  async function checkFirst(fetched: readonly Candle[]): Promise<void> {
    const [oldest] = fetched;
    const newest = fetched.at(-1);
    if (oldest === undefined || newest === undefined) return;
    if (clock() - newest.openTime > 4 * step) {
      await exchange.fetchCandles(symbol, timeframe, oldest.openTime, 2, { overlap: oldest });
      return;
    }
    const price = await exchange.fetchLastPrice(symbol);
    if (Math.max(price / newest.close, newest.close / price) <= PRICE_FACTOR) return;
    throw new PaperdeskError(
      'MARKET_UNAVAILABLE',
      `${exchange.id} gave candles of ${symbol} that close at ${newest.close} while its last price is ${price}: ` +
        'they are of another symbol and were not stored.',
    );
  }

  return async (range) => {
    const write = repository.beginWrite(symbol);
    const [before] = await repository.candles.range(symbol, timeframe, range.from - step, range.from - step);
    const known = before === undefined || before.filled ? undefined : before;
    const fetched = await fetchPages(range, known);
    if (known === undefined) await checkFirst(fetched);
    const corrected = fetched.find(({ openTime }) => openTime === known?.openTime);
    if (corrected !== undefined)
      log.warn({ symbol, timeframe, known, corrected }, 'the exchange corrected a closed candle');
    await write(async ({ candles, gaps }) => {
      await candles.store(symbol, timeframe, fetched);
      const requested = await gaps.list(symbol, timeframe, range.from, range.to);
      if (requested.length > 0) await gaps.settle(symbol, timeframe, range, clock());
    });
  };
}
