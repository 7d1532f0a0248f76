import { type Candle, type FundingRate, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { candleProblem, sameCandle } from './candle-check.ts';
import { ExchangeFailure } from './failure.ts';

/** How far an open time may lie ahead of the exchange's clock. */
const FUTURE_TOLERANCE_MS = 60_000;

/**
 * Parses ccxt's unified rows `[time, open, high, low, close, volume]` into sorted candles without duplicates.
 * @param latest the later of both clocks, in ms
 * @throws ExchangeFailure `malformed` if any row is invalid (market.md#6)
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
    const duplicate = byTime.get(candle.openTime);
    if (duplicate !== undefined && !sameCandle(duplicate, candle)) {
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
    const difference = `the ${field} at ${overlap.openTime} is ${same[field]} now and was ${overlap[field]} before`;
    throw new ExchangeFailure(
      'malformed',
      `${difference}: this is another symbol's candle, or the stored one is`,
    );
  }
}

/**
 * Splits candles into those that are certainly closed at `asOf` (ms, the earlier of both clocks) and the first that may
 * not be. A server that lags behind may still change a candle whose time is over, so a closed candle is followed by
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
    const duplicate = byTime.get(timestamp);
    if (duplicate !== undefined && duplicate.rate !== fundingRate) {
      throw new ExchangeFailure('malformed', `the funding at ${timestamp} came twice and differs`);
    }
    byTime.set(timestamp, { time: timestamp, rate: fundingRate });
  }
  return [...byTime.values()].sort((a, b) => a.time - b.time);
}

/** Perpetuals settle at least this often. */
const LONGEST_FUNDING_INTERVAL_MS = 24 * 60 * 60_000;

/**
 * Checks that settlements are those that were requested.
 * @throws ExchangeFailure `malformed` if a settlement that was due is missing, or `overlap` is
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
