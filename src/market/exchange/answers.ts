import { type Candle, type FundingRate, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { candleOfNumbers, candleProblem, sameCandle } from './candle-check.ts';
import { malformed } from './failure.ts';

/** How far a time may lie ahead of the exchange's clock. */
const FUTURE_TOLERANCE_MS = 60_000;

/**
 * Parses ccxt's unified rows `[time, open, high, low, close, volume]` into sorted candles without duplicates.
 * @param latest the later of both clocks, in ms
 * @throws ExchangeFailure `malformed` if any row is invalid (market.md#6)
 */
export function candlesOfRows(rows: unknown, timeframe: Timeframe, latest: number): Candle[] {
  if (!Array.isArray(rows)) throw malformed('the candles are not a list');
  const candles = (rows as unknown[]).map((row) => {
    if (!Array.isArray(row) || row.length < 6) throw malformed('a candle is not a row of six numbers');
    const candle = candleOfNumbers(row.map((value) => (typeof value === 'number' ? value : Number.NaN)));
    const problem = candleProblem(candle, timeframe);
    if (problem !== undefined) throw malformed(`a candle is invalid: ${problem}`);
    return candle;
  });
  return sortedByTime('candle', candles, ({ openTime }) => openTime, sameCandle, latest);
}

/** Sorts entries and removes duplicates. @throws ExchangeFailure `malformed` if one is in the future, or two differ */
function sortedByTime<T>(
  name: string,
  entries: readonly T[],
  timeOf: (entry: T) => number,
  isSame: (a: T, b: T) => boolean,
  latest: number,
): T[] {
  const byTime = new Map<number, T>();
  for (const entry of entries) {
    const time = timeOf(entry);
    if (time > latest + FUTURE_TOLERANCE_MS) throw malformed(`the ${name} at ${time} is in the future`);
    const duplicate = byTime.get(time) ?? entry;
    if (!isSame(duplicate, entry)) throw malformed(`the ${name} at ${time} appears twice and differs`);
    byTime.set(time, entry);
  }
  return [...byTime.values()].sort((a, b) => timeOf(a) - timeOf(b));
}

/** A correction changes a stored price by no more than this share. */
const OVERLAP_TOLERANCE = 0.02;

/**
 * Checks that candles are those that were requested. Klines do not name their symbol, so a request includes a candle
 * that is already known (market.md#7).
 * @param since the first requested open time, in ms
 * @param asOf the earlier of both clocks, in ms
 * @throws ExchangeFailure `malformed` if a closed candle is missing, or `overlap` is missing or differs too much
 */
export function checkCandles(
  candles: readonly Candle[],
  {
    timeframe,
    since,
    asOf,
    overlap,
  }: { timeframe: Timeframe; since: number; asOf: number; overlap: Candle | undefined },
): void {
  if (candles.length === 0 && since + TIMEFRAME_MS[timeframe] <= asOf) {
    throw malformed(`the list of candles since ${since} is empty`);
  }
  if (overlap === undefined) return;
  const { openTime } = overlap;
  const same = candles.find((candle) => candle.openTime === openTime);
  if (same === undefined) throw malformed(`the known candle at ${openTime} is not in the list`);
  for (const field of ['open', 'close'] as const) {
    if (Math.abs(same[field] / overlap[field] - 1) <= OVERLAP_TOLERANCE) continue;
    const difference = `the ${field} at ${openTime} is ${same[field]} now and was ${overlap[field]} before`;
    throw malformed(`${difference}: this is another symbol's candle, or the stored one is`);
  }
}

/**
 * Splits candles into those that are certainly closed at `asOf` (ms, the earlier of both clocks) and the first that may
 * not be. A server that lags behind may still change a candle after its close time, so a closed candle is followed by
 * another one (market.md#5).
 */
export function splitAtClose(
  candles: readonly Candle[],
  timeframe: Timeframe,
  asOf: number,
): { closed: Candle[]; forming: Candle | undefined } {
  const closed = candles.slice(0, -1).filter(({ openTime }) => openTime + TIMEFRAME_MS[timeframe] <= asOf);
  return { closed, forming: candles[closed.length] };
}

/**
 * Parses ccxt's unified entries `{symbol, timestamp, fundingRate}` into sorted settlements without duplicates.
 * @param symbol in ccxt's unified form
 * @param latest the later of both clocks, in ms
 * @throws ExchangeFailure `malformed` if any entry is invalid (market.md#11)
 */
export function fundingOfEntries(entries: unknown, symbol: string, latest: number): FundingRate[] {
  if (!Array.isArray(entries)) throw malformed('the funding rates are not a list');
  const funding = (entries as unknown[]).map((entry) => {
    const { symbol: of, timestamp: time, fundingRate: rate } = (entry ?? {}) as Record<string, unknown>;
    if (of !== symbol) throw malformed('a funding rate is of another symbol');
    if (typeof time !== 'number' || !Number.isSafeInteger(time) || time < 0) {
      throw malformed(`the funding time ${String(time)} is not a time in ms`);
    }
    if (typeof rate !== 'number' || !(Math.abs(rate) < 1)) {
      throw malformed(`the funding rate ${String(rate)} at ${time} is not a fraction`);
    }
    return { time, rate };
  });
  return sortedByTime(
    'funding rate',
    funding,
    ({ time }) => time,
    (a, b) => a.rate === b.rate,
    latest,
  );
}

/** Perpetuals settle at least this often. */
export const MAX_FUNDING_INTERVAL_MS = 24 * 60 * 60_000;

/**
 * Checks that settlements are those that were requested.
 * @throws ExchangeFailure `malformed` if a settlement that was due is missing, or `overlap` is
 */
export function checkFunding(
  funding: readonly FundingRate[],
  { since, asOf, overlap }: { since: number; asOf: number; overlap: FundingRate | undefined },
): void {
  if (funding.length === 0 && since + MAX_FUNDING_INTERVAL_MS <= asOf) {
    throw malformed(`the list of funding rates since ${since} is empty`);
  }
  if (overlap !== undefined && !funding.some(({ time }) => time === overlap.time)) {
    throw malformed(`the known funding rate at ${overlap.time} is not in the list`);
  }
}

/** The last price of a ticker of ccxt. @throws ExchangeFailure `malformed` if it is of another symbol or no price */
export function priceOf(ticker: unknown, unified: string): number {
  const { symbol, last } = (ticker ?? {}) as Record<string, unknown>;
  if (symbol !== unified) throw malformed('the price is of another symbol');
  if (typeof last === 'number' && Number.isFinite(last) && last > 0) return last;
  throw malformed('the last price is not a positive number');
}
