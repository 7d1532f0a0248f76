import { type Candle, TIMEFRAME_MS } from '../candle.ts';
import { PaperdeskError } from '../errors.ts';
import { CORE_FEATURE_COUNT } from '../formats/dimensions.ts';
import type { StoredCandle } from '../market/store/candle-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { fundingNeededTo } from '../market/store/stored-window.ts';
import { CoreFeatureRecurrence } from '../pipeline/core-features.ts';
import { FundingCursor } from '../pipeline/funding-cursor.ts';
import { type ScalerJson, scalerToJson } from '../pipeline/scaler.ts';
import { ScalerFit } from '../pipeline/scaler-fit.ts';

export interface ScalerOrder {
  readonly symbol: string;
  /** What the file says of the market, for example `binanceusdm live`. */
  readonly market: string;
  /** Open times of the first and the last 15m candle, in ms. */
  readonly from: number;
  readonly to: number;
  readonly onProgress: (done: number, total: number) => void;
}

const TIMEFRAME = '15m';
const STEP_MS = TIMEFRAME_MS[TIMEFRAME];
const CANDLES_AT_ONCE = 10_000;
/** What a decision accepts too (market.md#16): 8 filled candles among 1184, and so no longer gap than that. */
const MOST_FILLED = { candles: 8, of: 1184 };

/**
 * Fits a scaler to the stored 15m candles of a range: features are computed from its first candle on, and rows count
 * once all of their features are defined (features.md#43). Candles that are missing are filled flat, as in the
 * live window, where a decision would accept that too. Memory does not grow with the range.
 * @throws PaperdeskError MARKET_DATA_INVALID when candles or funding rates are missing beyond that, naming them, or the
 *   range is too short for one row
 */
export async function fitStoredScaler(
  repository: Pick<MarketRepository, 'candles' | 'funding'>,
  { symbol, market, from, to, onProgress }: ScalerOrder,
): Promise<ScalerJson> {
  const known = await repository.funding.coverage(symbol);
  if (known === undefined || known.from > from || known.to < fundingNeededTo(to)) {
    throw invalid(
      `The store does not have all funding rates of ${symbol} from ${isoOf(from)} to ${isoOf(to)}`,
    );
  }
  const funding = new FundingCursor(await repository.funding.range(symbol, known.from, to + STEP_MS));
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

  for (let start = from; start <= to; start += CANDLES_AT_ONCE * STEP_MS) {
    const end = Math.min(to, start + (CANDLES_AT_ONCE - 1) * STEP_MS);
    for (const candle of await repository.candles.range(symbol, TIMEFRAME, start, end)) {
      const expected = before === undefined ? from : before.openTime + STEP_MS;
      filled += checkGap(symbol, expected, candle.openTime, before);
      for (let openTime = expected; openTime < candle.openTime && before !== undefined; openTime += STEP_MS) {
        push(flat(openTime, before.close));
      }
      if (candle.filled) filled += 1;
      push(candle);
      before = candle;
    }
    onProgress((end - from) / STEP_MS + 1, total);
  }
  checkGap(symbol, before === undefined ? from : before.openTime + STEP_MS, to + STEP_MS, undefined);
  if (filled * MOST_FILLED.of > total * MOST_FILLED.candles) {
    const most = `${MOST_FILLED.candles} among ${MOST_FILLED.of} may be`;
    throw invalid(`${filled} of the ${total} candles of ${symbol} are missing; ${most}`);
  }
  if (firstRow === undefined) {
    throw new PaperdeskError(
      'MARKET_DATA_INVALID',
      `${total} candles are too few: a row of features needs 673. Take a longer range.`,
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

/** Candles missing from `expected` to before `found`, if they may be filled. @throws MARKET_DATA_INVALID if not */
function checkGap(symbol: string, expected: number, found: number, before: Candle | undefined): number {
  const missing = (found - expected) / STEP_MS;
  if (missing === 0 || (before !== undefined && missing <= MOST_FILLED.candles)) return missing;
  throw invalid(
    `The store lacks ${missing} 15m candles of ${symbol} from ${isoOf(expected)} to ${isoOf(found - STEP_MS)}`,
  );
}

function flat(openTime: number, close: number): Candle {
  return { openTime, open: close, high: close, low: close, close, volume: 0 };
}

function invalid(problem: string): PaperdeskError {
  return new PaperdeskError(
    'MARKET_DATA_INVALID',
    `${problem}. Fill them with npm run backfill or npm run import-candles, or take another range.`,
  );
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}
