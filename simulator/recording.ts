import { join } from 'node:path';
import { type Candle, type FundingRate, TIMEFRAME_MS, type Timeframe } from '../src/candle.ts';
import { PaperdeskError } from '../src/errors.ts';
import { parseCandleCsv, parseFundingCsv, readMarketText } from '../src/market/store/market-csv.ts';

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
}

/**
 * Reads `SYMBOL-3m.csv.gz` and `SYMBOL-funding.csv.gz` of `folder` as a recording that repeats.
 * @throws PaperdeskError MARKET_DATA_INVALID when the files are not whole weeks without a gap
 */
export async function loadRecording(folder: string, symbol = 'BTCUSDT'): Promise<Recording> {
  const timeframe = '3m';
  const [candles, funding] = await Promise.all([
    readMarketText(join(folder, `${symbol}-${timeframe}.csv.gz`)).then((text) =>
      parseCandleCsv(text, timeframe),
    ),
    readMarketText(join(folder, `${symbol}-funding.csv.gz`)).then(parseFundingCsv),
  ]);
  const recording = { symbol, timeframe, candles, funding, repeats: true } as const;
  checkRecording(recording);
  return recording;
}

/**
 * Checks that a recording can be played.
 * @throws PaperdeskError MARKET_DATA_INVALID
 */
export function checkRecording({ symbol, timeframe, candles, funding, repeats }: Recording): void {
  const refuse = (problem: string) =>
    new PaperdeskError('MARKET_DATA_INVALID', `The recording of ${symbol} cannot be played: ${problem}.`);
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
