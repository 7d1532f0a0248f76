import { type Candle, TIMEFRAME_MS } from '../candle.ts';
import { CORE_FEATURE_COUNT, FORECAST_CANDLES, WARM_UP_ROWS } from '../dimensions.ts';
import { PaperdeskError } from '../errors.ts';
import type { StoredCandle } from '../market/store/candle-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { fundingNeededTo } from '../market/store/stored-window.ts';
import { MAX_FILLED_CANDLES } from '../market/store/window-validity.ts';
import { CoreFeatureRecurrence } from '../pipeline/core-features.ts';
import { FundingCursor } from '../pipeline/funding-cursor.ts';
import { type ScalerJson, scalerToJson } from '../pipeline/scaler.ts';
import { ScalerFit } from '../pipeline/scaler-fit.ts';

export interface ScalerFitRange {
  readonly symbol: string;
  /** Name of the market in the file, for example `binanceusdm live`. */
  readonly market: string;
  /** Open times of the first and the last 15m candle, in ms. */
  readonly from: number;
  readonly to: number;
  /** Called after each piece with the number of candles. */
  readonly onProgress: (done: number, total: number) => void;
}

const TIMEFRAME = '15m';
const STEP_MS = TIMEFRAME_MS[TIMEFRAME];
const CANDLES_PER_READ = 10_000;

/**
 * Fits a scaler to the stored 15m candles of a range (features.md#43). Missing candles are filled flat where a decision
 * would accept that too (features.md#44). Memory does not grow with the range.
 * @throws MARKET_DATA_INVALID when more candles or funding rates are missing, with their times, or the range is too
 *   short for one row
 */
export async function fitStoredScaler(
  repository: Pick<MarketRepository, 'candles' | 'funding'>,
  { symbol, market, from, to, onProgress }: ScalerFitRange,
): Promise<ScalerJson> {
  const coverage = await repository.funding.coverage(symbol);
  if (coverage === undefined || coverage.from > from || coverage.to < fundingNeededTo(to)) {
    throw missingData(
      `The store does not have all funding rates of ${symbol} from ${isoOf(from)} to ${isoOf(to)}`,
    );
  }
  const funding = new FundingCursor(await repository.funding.range(symbol, coverage.from, to + STEP_MS));
  const recurrence = new CoreFeatureRecurrence();
  const fit = new ScalerFit();
  const row = new Float64Array(CORE_FEATURE_COUNT);
  const total = (to - from) / STEP_MS + 1;
  let before: StoredCandle | undefined;
  let filled = 0;
  let firstRow: number | undefined;

  function push(candle: Candle): void {
    recurrence.push(candle, funding, row);
    fit.add(row);
    if (fit.rows === 1) firstRow ??= candle.openTime;
  }

  for (let start = from; start <= to; start += CANDLES_PER_READ * STEP_MS) {
    const end = Math.min(to, start + (CANDLES_PER_READ - 1) * STEP_MS);
    for (const candle of await repository.candles.range(symbol, TIMEFRAME, start, end)) {
      const expected = before === undefined ? from : before.openTime + STEP_MS;
      filled += countMissing(symbol, expected, candle.openTime, before);
      for (let openTime = expected; openTime < candle.openTime && before !== undefined; openTime += STEP_MS) {
        push(flatCandle(openTime, before.close));
      }
      if (candle.filled) filled += 1;
      push(candle);
      before = candle;
    }
    onProgress((end - from) / STEP_MS + 1, total);
  }
  countMissing(symbol, before === undefined ? from : before.openTime + STEP_MS, to + STEP_MS, undefined);
  if (filled * FORECAST_CANDLES > total * MAX_FILLED_CANDLES) {
    throw missingData(
      `${filled} of the ${total} candles of ${symbol} are missing; ${MAX_FILLED_CANDLES} among ${FORECAST_CANDLES} may be`,
    );
  }
  if (firstRow === undefined) {
    throw new PaperdeskError(
      'MARKET_DATA_INVALID',
      `${total} candles are too few: a row of features needs ${WARM_UP_ROWS + 1}. Take a longer range.`,
    );
  }
  return scalerToJson(fit.finish(), {
    symbol,
    market,
    timeframe: TIMEFRAME,
    from: isoOf(firstRow),
    to: isoOf(to),
    rows: fit.rows,
  });
}

/**
 * Number of candles missing from `expected` up to `found`.
 * @param before the candle that fills them
 * @throws MARKET_DATA_INVALID when they may not be filled
 */
function countMissing(symbol: string, expected: number, found: number, before: Candle | undefined): number {
  const missing = (found - expected) / STEP_MS;
  if (missing === 0 || (before !== undefined && missing <= MAX_FILLED_CANDLES)) return missing;
  throw missingData(
    `The store lacks ${missing} 15m candles of ${symbol} from ${isoOf(expected)} to ${isoOf(found - STEP_MS)}`,
  );
}

function flatCandle(openTime: number, close: number): Candle {
  return { openTime, open: close, high: close, low: close, close, volume: 0 };
}

function missingData(problem: string): PaperdeskError {
  return new PaperdeskError(
    'MARKET_DATA_INVALID',
    `${problem}. Fill them with npm run backfill or npm run import-candles, or take another range.`,
  );
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}
