import { type Candle, type FundingRate, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { candleProblem, sameCandle } from './candle-check.ts';
import { ExchangeFailure } from './failure.ts';

/** Candles opening later than this after the exchange's clock are not a matter of clocks. */
const FUTURE_TOLERANCE_MS = 60_000;

/**
 * Candles of ccxt's unified rows `[time, open, high, low, close, volume]`, checked, sorted and without duplicates.
 * @param latest the latest instant it can be at the exchange, in ms
 * @throws ExchangeFailure malformed, for the whole answer, when any row cannot be
 */
export function candlesOfRows(rows: unknown, timeframe: Timeframe, latest: number): Candle[] {
  if (!Array.isArray(rows)) throw new ExchangeFailure('malformed', 'the candles are not a list');
  const byTime = new Map<number, Candle>();
  for (const row of rows as unknown[]) {
    const candle = candleOfRow(row);
    const problem = candleProblem(candle, timeframe);
    if (problem !== undefined) throw new ExchangeFailure('malformed', `a candle cannot be used: ${problem}`);
    if (candle.openTime > latest + FUTURE_TOLERANCE_MS) {
      throw new ExchangeFailure('malformed', `the candle at ${candle.openTime} opens in the future`);
    }
    const twin = byTime.get(candle.openTime);
    if (twin !== undefined && !sameCandle(twin, candle)) {
      throw new ExchangeFailure('malformed', `the candle at ${candle.openTime} came twice and differs`);
    }
    byTime.set(candle.openTime, candle);
  }
  return [...byTime.values()].sort((a, b) => a.openTime - b.openTime);
}

function candleOfRow(row: unknown): Candle {
  if (!Array.isArray(row) || row.length < 6)
    throw new ExchangeFailure('malformed', 'a candle is not a row of six');
  const [openTime, open, high, low, close, volume] = (row as unknown[]).map((value) =>
    typeof value === 'number' ? value : Number.NaN,
  );
  return { openTime, open, high, low, close, volume } as Candle;
}

/** A stored candle and a newly given one may differ by corrections, but not by more than this share of the price. */
const OVERLAP_TOLERANCE = 0.02;

/**
 * Checks that an answer about candles is about what was asked. Klines do not name their symbol, so a candle that is
 * already known is asked for along with the new ones.
 * @param since the first open time asked for, in ms
 * @param asOf the earliest instant it can be at the exchange, in ms
 * @throws ExchangeFailure malformed when the list is empty although a candle was closed, or lacks or contradicts `overlap`
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
    throw new ExchangeFailure('malformed', `the list of candles since ${since} is empty`);
  }
  if (overlap === undefined) return;
  const same = candles.find(({ openTime }) => openTime === overlap.openTime);
  if (same === undefined) {
    throw new ExchangeFailure(
      'malformed',
      `the candle at ${overlap.openTime}, which is known, is not in the list`,
    );
  }
  for (const field of ['open', 'close'] as const) {
    if (Math.abs(same[field] / overlap[field] - 1) <= OVERLAP_TOLERANCE) continue;
    const words = `the ${field} at ${overlap.openTime} is ${same[field]} now and was ${overlap[field]} before`;
    throw new ExchangeFailure('malformed', `${words}: this is another symbol's candle, or the stored one is`);
  }
}

/**
 * Parts candles at `asOf`, the earliest instant it can be at the exchange: those that are closed for certain, and the
 * first that may not be. The clock alone does not tell: a server that lags behind still shows a candle half done
 * whose time is over, so a candle is closed only once another one follows it.
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
 * Funding rates of ccxt's unified entries `{symbol, timestamp, fundingRate}`, checked, sorted and without duplicates.
 * @param symbol in ccxt's form
 * @throws ExchangeFailure malformed, for the whole answer, when any entry cannot be
 */
export function fundingOfEntries(entries: unknown, symbol: string, latest: number): FundingRate[] {
  if (!Array.isArray(entries)) throw new ExchangeFailure('malformed', 'the funding rates are not a list');
  const byTime = new Map<number, FundingRate>();
  for (const entry of entries as unknown[]) {
    const { symbol: of, timestamp, fundingRate } = (entry ?? {}) as Record<string, unknown>;
    if (of !== symbol) throw new ExchangeFailure('malformed', 'a funding rate is of another symbol');
    if (typeof timestamp !== 'number' || !Number.isSafeInteger(timestamp) || timestamp < 0) {
      throw new ExchangeFailure('malformed', `the funding time ${String(timestamp)} is not a time in ms`);
    }
    if (typeof fundingRate !== 'number' || !(Math.abs(fundingRate) < 1)) {
      throw new ExchangeFailure(
        'malformed',
        `the funding rate ${String(fundingRate)} at ${timestamp} is not a fraction`,
      );
    }
    if (timestamp > latest + FUTURE_TOLERANCE_MS) {
      throw new ExchangeFailure('malformed', `the funding at ${timestamp} lies in the future`);
    }
    const twin = byTime.get(timestamp);
    if (twin !== undefined && twin.rate !== fundingRate) {
      throw new ExchangeFailure('malformed', `the funding at ${timestamp} came twice and differs`);
    }
    byTime.set(timestamp, { time: timestamp, rate: fundingRate });
  }
  return [...byTime.values()].sort((a, b) => a.time - b.time);
}

/** A perpetual settles at least this often. */
const LONGEST_FUNDING_INTERVAL_MS = 24 * 60 * 60_000;

/**
 * Checks that an answer about funding is about what was asked.
 * @throws ExchangeFailure malformed when the list is empty although a settlement was due, or lacks `overlap`
 */
export function checkFunding(
  funding: readonly FundingRate[],
  { since, asOf, overlap }: { since: number; asOf: number; overlap: FundingRate | undefined },
): void {
  if (funding.length === 0 && since + LONGEST_FUNDING_INTERVAL_MS <= asOf) {
    throw new ExchangeFailure('malformed', `the list of funding rates since ${since} is empty`);
  }
  if (overlap !== undefined && !funding.some(({ time }) => time === overlap.time)) {
    throw new ExchangeFailure(
      'malformed',
      `the funding at ${overlap.time}, which is known, is not in the list`,
    );
  }
}
