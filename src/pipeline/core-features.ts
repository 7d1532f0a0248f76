import type { Candle, FundingRate } from '../candle.ts';
import { CORE_FEATURE_COUNT, WARM_UP_ROWS } from '../dimensions.ts';
import {
  HOUR_COS,
  HOUR_SIN,
  stepsToNextFunding,
  utcHour,
  utcWeekday,
  WEEKDAY_COS,
  WEEKDAY_SIN,
} from './calendar.ts';
import { FundingCursor } from './funding-cursor.ts';
import {
  AverageDirectionalIndex,
  ema,
  RelativeStrengthIndex,
  trueRange,
  wilderAverage,
} from './indicators.ts';
import { RollingMoments } from './rolling-moments.ts';

/** The 28 features of `core28`, in the order the models were trained with (features.md#1 to features.md#28). */
export const CORE_FEATURES = [
  'ret_1',
  'ret_4',
  'ret_16',
  'ret_48',
  'hl_range_pct',
  'oc_range_pct',
  'vol_16',
  'vol_96',
  'vol_672',
  'atr_14',
  'ema_20_dist',
  'ema_50_dist',
  'ema_200_dist',
  'ema_20_slope',
  'ema_50_slope',
  'adx_14',
  'rsi_14',
  'macd',
  'macd_signal',
  'macd_hist',
  'vol_log',
  'vol_z_96',
  'hour_sin',
  'hour_cos',
  'dow_sin',
  'dow_cos',
  'funding_rate_now',
  'time_to_next_funding_steps',
] as const satisfies { readonly length: typeof CORE_FEATURE_COUNT };

export type CoreFeature = (typeof CORE_FEATURES)[number];

/** Position of a feature in a row. */
export function coreFeatureIndex(name: CoreFeature): number {
  return CORE_FEATURES.indexOf(name);
}

/** Ring of log closes for the longest return (48 candles); its length is a power of two. */
const RING_MASK = 63;

/**
 * The 28 core features of a growing series of closed decision candles, one candle at a time (features.md#34). Every row
 * depends on the candles since the first, so the start of the series is part of the definition.
 */
export class CoreFeatureRecurrence {
  #count = 0;
  #high = 0;
  #low = 0;
  #close = 0;
  readonly #logClose = new Float64Array(RING_MASK + 1);
  readonly #returns16 = new RollingMoments(16);
  readonly #returns96 = new RollingMoments(96);
  readonly #returns672 = new RollingMoments(WARM_UP_ROWS);
  readonly #volumes96 = new RollingMoments(96);
  readonly #atr = wilderAverage(14);
  readonly #adx = new AverageDirectionalIndex(14);
  readonly #rsi = new RelativeStrengthIndex(14);
  readonly #ema12 = ema(12);
  readonly #ema20 = ema(20);
  readonly #ema26 = ema(26);
  readonly #ema50 = ema(50);
  readonly #ema200 = ema(200);
  readonly #macdSignal = ema(9);

  /**
   * Adds the next candle and writes its 28 features to `row` from `offset` on, NaN where one is not defined yet.
   * @param candle with positive, finite prices (features.md#37)
   * @param funding read at the candle's open time
   */
  push(candle: Candle, funding: FundingCursor, row: Float64Array, offset = 0): void {
    this.#writeReturns(candle, row, offset);
    this.#writeRanges(candle, row, offset);
    this.#writeAverages(candle, row, offset);
    this.#writeVolume(candle, row, offset);
    writeCalendar(candle.openTime, row, offset);
    row[offset + 26] = funding.rateAt(candle.openTime);
    this.#high = candle.high;
    this.#low = candle.low;
    this.#close = candle.close;
    this.#count += 1;
  }

  /** features.md#1 to features.md#4, features.md#7 to features.md#9. One logarithm per candle: ln a - ln b. */
  #writeReturns(candle: Candle, row: Float64Array, offset: number): void {
    const logClose = Math.log(candle.close);
    this.#logClose[this.#count & RING_MASK] = logClose;
    row[offset] = logClose - this.#logCloseBefore(1);
    row[offset + 1] = logClose - this.#logCloseBefore(4);
    row[offset + 2] = logClose - this.#logCloseBefore(16);
    row[offset + 3] = logClose - this.#logCloseBefore(48);
    if (this.#count > 0) {
      const change = row[offset]!;
      this.#returns16.push(change);
      this.#returns96.push(change);
      this.#returns672.push(change);
    }
    row[offset + 6] = this.#returns16.standardDeviation;
    row[offset + 7] = this.#returns96.standardDeviation;
    row[offset + 8] = this.#returns672.standardDeviation;
  }

  /** NaN before the first candle. */
  #logCloseBefore(candles: number): number {
    return this.#count < candles ? Number.NaN : this.#logClose[(this.#count - candles) & RING_MASK]!;
  }

  /** features.md#5, features.md#6, features.md#10, features.md#16, features.md#17. */
  #writeRanges({ open, high, low, close }: Candle, row: Float64Array, offset: number): void {
    const first = this.#count === 0;
    const previousClose = this.#close;
    const atr = this.#atr.push(trueRange(high, low, first ? undefined : previousClose));
    row[offset + 4] = (high - low) / close;
    row[offset + 5] = (close - open) / open;
    row[offset + 9] = atr;
    row[offset + 15] = this.#adx.push(first ? 0 : high - this.#high, first ? 0 : this.#low - low, atr);
    row[offset + 16] = this.#rsi.push(first ? 0 : close - previousClose);
  }

  /** features.md#11 to features.md#15, features.md#18 to features.md#20. */
  #writeAverages({ close }: Candle, row: Float64Array, offset: number): void {
    const ema20Before = this.#ema20.value;
    const ema50Before = this.#ema50.value;
    const ema20 = this.#ema20.push(close);
    const ema50 = this.#ema50.push(close);
    const ema200 = this.#ema200.push(close);
    row[offset + 10] = (close - ema20) / ema20;
    row[offset + 11] = (close - ema50) / ema50;
    row[offset + 12] = (close - ema200) / ema200;
    row[offset + 13] = (ema20 - ema20Before) / ema20Before;
    row[offset + 14] = (ema50 - ema50Before) / ema50Before;
    const macd = this.#ema12.push(close) - this.#ema26.push(close);
    const signal = this.#macdSignal.push(macd);
    row[offset + 17] = macd;
    row[offset + 18] = signal;
    row[offset + 19] = macd - signal;
  }

  /** features.md#21, features.md#22. */
  #writeVolume({ volume }: Candle, row: Float64Array, offset: number): void {
    const volumeLog = Math.log1p(volume < 0 ? 0 : volume);
    const window = this.#volumes96;
    window.push(volumeLog);
    row[offset + 20] = volumeLog;
    row[offset + 21] =
      window.standardDeviation === 0 ? 0 : (volumeLog - window.mean) / window.standardDeviation;
  }
}

/** features.md#23 to features.md#26, features.md#28. */
function writeCalendar(openTime: number, row: Float64Array, offset: number): void {
  const hour = utcHour(openTime);
  const weekday = utcWeekday(openTime);
  row[offset + 22] = HOUR_SIN[hour]!;
  row[offset + 23] = HOUR_COS[hour]!;
  row[offset + 24] = WEEKDAY_SIN[weekday]!;
  row[offset + 25] = WEEKDAY_COS[weekday]!;
  row[offset + 27] = stepsToNextFunding(openTime);
}

/**
 * The core features of closed decision candles, row-major [candles, 28]; NaN where a feature is not defined yet.
 * @param candles in ascending time
 * @param funding in ascending time
 */
export function coreFeatures(candles: readonly Candle[], funding: readonly FundingRate[]): Float64Array {
  const rows = new Float64Array(candles.length * CORE_FEATURE_COUNT);
  const recurrence = new CoreFeatureRecurrence();
  const cursor = new FundingCursor(funding);
  for (let i = 0; i < candles.length; i++) {
    recurrence.push(candles[i]!, cursor, rows, i * CORE_FEATURE_COUNT);
  }
  return rows;
}
