import type { Candle, FundingRate } from '../../candle.ts';
import { CandleSeries, type Column, ColumnPool } from './candle-series.ts';
import type { Feature } from './catalogue.ts';
import { atrColumn } from './recurrences.ts';

/** Period of the ATR that stops and targets are measured in. */
export const STOP_ATR_PERIOD = 14;

/** Rows before the first one in which all features are defined. */
export function warmUpRowsOf(features: readonly Feature[]): number {
  return Math.max(0, ...features.map(({ firstRow }) => firstRow));
}

/**
 * Rows of features of a growing series of closed candles, one candle or many at a time: live decisions, replays and
 * scaler fitting share it. A value is NaN where the feature is not defined yet.
 */
export class FeatureRows {
  readonly #series: CandleSeries;
  readonly #columns: readonly Column[];
  readonly #atr: Column;

  /**
   * @param funding in ascending time; newer rates may be appended to the list
   * @param capacity how many of the newest rows it holds, or a pool of columns of that size; with more than twice the
   *   warm-up it takes any number of candles
   */
  constructor(features: readonly Feature[], funding: readonly FundingRate[], capacity: number | ColumnPool) {
    const pool = typeof capacity === 'number' ? new ColumnPool(capacity) : capacity;
    const series = new CandleSeries(pool, funding, warmUpRowsOf(features));
    this.#series = series;
    this.#columns = features.map(({ family, parameters }) => family.column(series, parameters));
    this.#atr = atrColumn(series, STOP_ATR_PERIOD);
  }

  /** Number of rows that it holds. */
  get length(): number {
    return this.#series.length;
  }

  /** ATR14 of the newest candle, in price units. */
  get atr14(): number {
    return this.#atr[this.#series.length - 1]!;
  }

  /** Takes the next candles; `rows` gives what was computed for them. */
  append(candles: readonly Candle[]): void {
    this.#series.append(candles);
  }

  /** Rows `from` to before `to` (0-based), row-major [to - from, features]. */
  rows(from: number, to: number = this.#series.length): Float64Array {
    const width = this.#columns.length;
    const rows = new Float64Array((to - from) * width);
    for (let feature = 0; feature < width; feature++) {
      const column = this.#columns[feature]!;
      for (let t = from, at = feature; t < to; t++, at += width) rows[at] = column[t]!;
    }
    return rows;
  }
}

/** The rows of features of closed candles, row-major [candles, features]. */
export function featureRows(
  features: readonly Feature[],
  candles: readonly Candle[],
  funding: readonly FundingRate[],
): Float64Array {
  const rows = new FeatureRows(features, funding, candles.length);
  rows.append(candles);
  return rows.rows(0);
}
