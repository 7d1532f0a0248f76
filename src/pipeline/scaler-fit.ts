import { CORE_FEATURE_COUNT } from '../dimensions.ts';
import type { StandardScaler } from '../formats/model-files.ts';
import { CORE_FEATURES } from './core-features.ts';

/** Fits a StandardScaler to rows of core features that are added piece by piece, in constant memory (features.md#43). */
export class ScalerFit {
  /** Complete rows added so far. */
  rows = 0;
  readonly #mean = new Float64Array(CORE_FEATURE_COUNT);
  readonly #squares = new Float64Array(CORE_FEATURE_COUNT);

  /** Adds rows, row-major [n, 28]; skips a row with a number that is not finite, as in the warm-up. */
  add(features: Float64Array): void {
    for (let offset = 0; offset + CORE_FEATURE_COUNT <= features.length; offset += CORE_FEATURE_COUNT) {
      const row = features.subarray(offset, offset + CORE_FEATURE_COUNT);
      if (row.every(Number.isFinite)) this.#addRow(row);
    }
  }

  /** Welford's update (1962), per feature. */
  #addRow(row: Float64Array): void {
    this.rows += 1;
    for (let feature = 0; feature < CORE_FEATURE_COUNT; feature++) {
      const step = row[feature]! - this.#mean[feature]!;
      this.#mean[feature]! += step / this.rows;
      this.#squares[feature]! += (step * step * (this.rows - 1)) / this.rows;
    }
  }

  /**
   * Mean and population standard deviation of the rows so far; a constant feature gets scale 1.
   * @throws RangeError without a complete row
   */
  finish(): StandardScaler {
    if (this.rows === 0)
      throw new RangeError('A scaler cannot be fitted: there is no complete row of features.');
    const mean = this.#mean.slice();
    const scale = this.#squares.map((squares, feature) => {
      const variance = squares / this.rows;
      return isConstant(variance, mean[feature]!, this.rows) ? 1 : Math.sqrt(variance);
    });
    return { mean, scale, featureOrder: CORE_FEATURES };
  }
}

/** scikit-learn's rule: the variance is within the rounding error of its computation. */
function isConstant(variance: number, mean: number, rows: number): boolean {
  return variance <= rows * Number.EPSILON * variance + (rows * mean * Number.EPSILON) ** 2;
}

/**
 * Fits a StandardScaler to the complete rows of `features`, row-major [n, 28].
 * @throws RangeError without a complete row
 */
export function fitScaler(features: Float64Array): StandardScaler {
  const fit = new ScalerFit();
  fit.add(features);
  return fit.finish();
}
