import { type Candle, type DecisionTimeframe, flatCandle, TIMEFRAME_MS } from '../candle.ts';
import { PIPELINE_DEFAULTS } from '../dimensions.ts';
import { PaperdeskError } from '../errors.ts';
import type { StoredCandle } from '../market/store/candle-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { fundingNeededTo } from '../market/store/stored-window.ts';
import { MAX_FILLED_CANDLES } from '../market/store/window-validity.ts';
import type { Feature } from '../pipeline/features/catalogue.ts';
import { FeatureRows, warmUpRowsOf } from '../pipeline/features/feature-rows.ts';
import { type ScalerJson, scalerToJson } from '../pipeline/scaler.ts';
import { ScalerFit } from '../pipeline/scaler-fit.ts';

export interface ScalerFitRange {
  readonly symbol: string;
  readonly timeframe: DecisionTimeframe;
  readonly features: readonly Feature[];
  /** Name of the market in the file, for example `binanceusdm live`. */
  readonly market: string;
  /** Open times of the first and the last candle, in ms. */
  readonly from: number;
  readonly to: number;
  /** Called after each piece with the number of candles. */
  readonly onProgress: (done: number, total: number) => void;
}

const CANDLES_PER_READ = 10_000;

/**
 * Fits a scaler to the stored candles of a range (features.md#43). Missing candles are filled flat where a decision
 * would accept that too (features.md#44). Memory does not grow with the range.
 * @throws MARKET_DATA_INVALID when more candles or funding rates are missing, with their times, or the range is too
 *   short for one row
 */
export async function fitStoredScaler(
  repository: Pick<MarketRepository, 'candles' | 'funding'>,
  { symbol, timeframe, features, market, from, to, onProgress }: ScalerFitRange,
): Promise<ScalerJson> {
  const stepMs = TIMEFRAME_MS[timeframe];
  const warmUpRows = warmUpRowsOf(features);
  const forecastCandles = warmUpRows + PIPELINE_DEFAULTS.lookbackSteps;
  const coverage = await repository.funding.coverage(symbol);
  if (coverage === undefined || coverage.from > from || coverage.to < fundingNeededTo(to)) {
    throw missingData(
      `The store does not have all funding rates of ${symbol} from ${isoOf(from)} to ${isoOf(to)}`,
    );
  }
  const funding = await repository.funding.range(symbol, coverage.from, to + stepMs);
  const rows = new FeatureRows(features, funding, 2 * warmUpRows + CANDLES_PER_READ);
  const fit = new ScalerFit(features.map(({ name }) => name));
  const total = (to - from) / stepMs + 1;
  let before: StoredCandle | undefined;
  let filled = 0;
  let firstRow: number | undefined;

  function push(candle: Candle): void {
    rows.append([candle]);
    fit.add(rows.rows(rows.length - 1));
    if (fit.rows === 1) firstRow ??= candle.openTime;
  }

  for (let start = from; start <= to; start += CANDLES_PER_READ * stepMs) {
    const end = Math.min(to, start + (CANDLES_PER_READ - 1) * stepMs);
    for (const candle of await repository.candles.range(symbol, timeframe, start, end)) {
      const expected = before === undefined ? from : before.openTime + stepMs;
      filled += countMissing({ symbol, timeframe, from: expected, until: candle.openTime }, before);
      for (let openTime = expected; openTime < candle.openTime && before !== undefined; openTime += stepMs) {
        push(flatCandle(openTime, before.close));
      }
      if (candle.filled) filled += 1;
      push(candle);
      before = candle;
    }
    onProgress((end - from) / stepMs + 1, total);
  }
  const end = before === undefined ? from : before.openTime + stepMs;
  countMissing({ symbol, timeframe, from: end, until: to + stepMs }, undefined);
  if (filled * forecastCandles > total * MAX_FILLED_CANDLES) {
    throw missingData(
      `${filled} of the ${total} candles of ${symbol} are missing; ${MAX_FILLED_CANDLES} among ${forecastCandles} may be`,
    );
  }
  if (firstRow === undefined) {
    throw new PaperdeskError(
      'MARKET_DATA_INVALID',
      `${total} candles are too few: a row of features needs ${warmUpRows + 1}. Take a longer range.`,
    );
  }
  return scalerToJson(fit.finish(), {
    symbol,
    market,
    timeframe,
    from: isoOf(firstRow),
    to: isoOf(to),
    rows: fit.rows,
  });
}

/** A run of candles that the store does not have. */
interface MissingRun {
  readonly symbol: string;
  readonly timeframe: DecisionTimeframe;
  /** Open times of the first missing candle, and of the one that follows the last. */
  readonly from: number;
  readonly until: number;
}

/**
 * Number of missing candles.
 * @param before the candle that fills them
 * @throws MARKET_DATA_INVALID when they may not be filled
 */
function countMissing({ symbol, timeframe, from, until }: MissingRun, before: Candle | undefined): number {
  const stepMs = TIMEFRAME_MS[timeframe];
  const missing = (until - from) / stepMs;
  if (missing === 0 || (before !== undefined && missing <= MAX_FILLED_CANDLES)) return missing;
  throw missingData(
    `The store lacks ${missing} ${timeframe} candles of ${symbol} from ${isoOf(from)} to ${isoOf(until - stepMs)}`,
  );
}

function missingData(problem: string): PaperdeskError {
  return new PaperdeskError(
    'MARKET_DATA_INVALID',
    `${problem}. Fill them with paperdesk backfill or paperdesk import-candles, or take another range.`,
  );
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}
