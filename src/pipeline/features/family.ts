import type { CandleSeries, Column } from './candle-series.ts';

/** The numbers in a feature's name by their letter in the family's template. */
export type Parameters = Readonly<Record<string, number>>;

/** A family of features: one definition for any numbers in its name. */
export interface FeatureFamily {
  /** Name with a letter for each number, for example `ema_N_dist`. `K` may have decimals, written with a `p`. */
  readonly template: string;
  /** What it computes, for the reference and for error messages. */
  readonly definition: string;
  /** Smallest value of a parameter where that is not 1. */
  readonly smallest?: Parameters;
  /** What must hold between parameters, as a sentence; null where it does. */
  readonly problem?: (parameters: Parameters) => string | null;
  /** First row (0-based) at which the feature is defined; no row reads more rows before it than this, or than one. */
  readonly firstRow: (parameters: Parameters) => number;
  /**
   * Share of the first candle that is still in the value after `rows` rows, for families that recurse from the start;
   * others have a window and forget it completely.
   */
  readonly memory?: (parameters: Parameters, rows: number) => number;
  /** How many earlier rows every row reads again, for families without a recurrence. */
  readonly rowsRead?: (parameters: Parameters) => number;
  /** The feature as a column of the series, NaN before its first row. */
  readonly column: (series: CandleSeries, parameters: Parameters) => Column;
}

/** Largest period of a feature. */
export const MAX_PERIOD = 5000;

/** What an EMA of span N still holds of its first value. */
export function emaMemory({ N }: Parameters, rows: number): number {
  return (1 - 2 / (N! + 1)) ** rows;
}

/** What a Wilder average of period N still holds of its first value. */
export function wilderMemory({ N }: Parameters, rows: number): number {
  return (1 - 1 / N!) ** rows;
}
