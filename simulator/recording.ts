import { join } from 'node:path';
import { type Candle, type FundingRate, TIMEFRAME_MS, type Timeframe } from '../src/candle.ts';
import { PaperdeskError } from '../src/errors.ts';
import { readCandleFile, readFundingFile } from '../src/market/files/read-market-rows.ts';
import { joinStretches, type Stretch } from './join-stretches.ts';

export const WEEK_MS = 7 * 24 * 60 * 60_000;

/** Past candles and funding of one symbol, which a recorded exchange plays back. */
export interface Recording {
  readonly symbol: string;
  /** Timeframe of `candles`; longer ones are aggregated from them. */
  readonly timeframe: Timeframe;
  /** In order of time. Candles may be missing, unless the recording repeats. */
  readonly candles: readonly Candle[];
  readonly funding: readonly FundingRate[];
  /**
   * Whether the recording repeats before and after its own time. It must then have whole weeks without a gap, so that
   * weekdays and hours are the same.
   */
  readonly repeats: boolean;
  /**
   * Prices of a repetition are those of the one before times this. Unless given, it begins at the last close before it,
   * so that no price jumps.
   */
  readonly repeatFactor?: number;
  /** What it was made of, in order of time; unless given, it is one stretch. */
  readonly stretches?: readonly Stretch[];
}

/**
 * Reads `SYMBOL-3m.csv.gz` and `SYMBOL-funding.csv.gz` of `folder` as a recording that repeats. Where candles are missing,
 * what comes after the gap is moved and scaled to join.
 * @throws PaperdeskError MARKET_DATA_INVALID when a stretch without a gap is not a number of whole weeks, or begins at
 * another time of the week than the first
 */
export async function loadRecording(folder: string, symbol = 'BTCUSDT'): Promise<Recording> {
  const timeframe = '3m';
  const [candles, funding] = await Promise.all([
    readCandleFile(join(folder, `${symbol}-${timeframe}.csv.gz`)),
    readFundingFile(join(folder, `${symbol}-funding.csv.gz`)),
  ]);
  const joined = joinStretches(candles, funding, timeframe);
  const [first] = joined.stretches;
  for (const { from, to } of joined.stretches) {
    if ((to - from) % WEEK_MS === 0 && (from - first!.from) % WEEK_MS === 0) continue;
    throw refusal(
      symbol,
      `its stretch from ${isoDay(from)} to ${isoDay(to)} is not whole weeks on the weekdays of the first stretch`,
    );
  }
  const recording = { symbol, timeframe, repeats: true, ...joined } as const;
  checkRecording(recording);
  return recording;
}

/** The recording with all its times moved by `byMs`. */
export function moveRecording(recording: Recording, byMs: number): Recording {
  const { candles, funding, stretches } = recording;
  return {
    ...recording,
    candles: candles.map((candle) => ({ ...candle, openTime: candle.openTime + byMs })),
    funding: funding.map(({ time, rate }) => ({ time: time + byMs, rate })),
    ...(stretches && { stretches: stretches.map((one) => ({ ...one, start: one.start + byMs })) }),
  };
}

/**
 * By how much a recording must be moved so that `now` (ms) lies in its last week: whole weeks, in ms. What came before is
 * then played as it was recorded, without a repetition.
 */
export function moveToLastWeek(recording: Recording, now: number): number {
  const end = (recording.candles.at(-1) as Candle).openTime + TIMEFRAME_MS[recording.timeframe];
  return (Math.floor((now - end) / WEEK_MS) + 1) * WEEK_MS;
}

/**
 * Checks that a recording can be played.
 * @throws PaperdeskError MARKET_DATA_INVALID
 */
export function checkRecording({ symbol, timeframe, candles, funding, repeats }: Recording): void {
  const refuse = (problem: string) => refusal(symbol, problem);
  const first = candles[0];
  if (first === undefined) throw refuse('it has no candles');
  const length = TIMEFRAME_MS[timeframe];
  candles.forEach((candle, index) => {
    const previous = candles[index - 1];
    if (previous === undefined) return;
    const step = candle.openTime - previous.openTime;
    if (step <= 0 || step % length !== 0)
      throw refuse(`candle ${candle.openTime} does not follow ${previous.openTime}`);
    if (repeats && step !== length)
      throw refuse(`${step / length - 1} candles are missing after ${previous.openTime}`);
  });
  if (!repeats) return;
  const duration = candles.length * length;
  if (duration % WEEK_MS !== 0)
    throw refuse(`it lasts ${duration / WEEK_MS} weeks, which is not a whole number`);
  const outside = funding.find(({ time }) => time < first.openTime || time >= first.openTime + duration);
  if (outside !== undefined) throw refuse(`funding at ${outside.time} lies outside its candles`);
}

function refusal(symbol: string, problem: string): PaperdeskError {
  return new PaperdeskError(
    'MARKET_DATA_INVALID',
    `The recording of ${symbol} cannot be played: ${problem}.`,
  );
}

const isoDay = (time: number) => new Date(time).toISOString().slice(0, 10);
