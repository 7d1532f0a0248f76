import type { StandardScaler } from '../formats/model-files.ts';

/** Fits a StandardScaler to rows of features that are added piece by piece, in constant memory (features.md#43). */
export class ScalerFit {
  /** Complete rows added so far. */
  rows = 0;
  readonly #featureOrder: readonly string[];
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;

  /** @param featureOrder names of the features of a row */
  constructor(featureOrder: readonly string[]) {
    this.#featureOrder = featureOrder;
    this.#mean = new Float64Array(featureOrder.length);
    this.#squares = new Float64Array(featureOrder.length);
  }

  /** Adds rows, row-major [n, features]; skips a row with a number that is not finite, as in the warm-up. */
  add(features: Float64Array): void {
    const width = this.#featureOrder.length;
    for (let offset = 0; offset + width <= features.length; offset += width) {
      const row = features.subarray(offset, offset + width);
      if (row.every(Number.isFinite)) this.#addRow(row);
    }
  }

  /** Welford's update (1962), per feature. */
  #addRow(row: Float64Array): void {
    this.rows += 1;
    for (let feature = 0; feature < row.length; feature++) {
      const step = row[feature]! - this.#mean[feature]!;
      this.#mean[feature]! += step / this.rows;
      this.#squares[feature]! += (step * step * (this.rows - 1)) / this.rows;
    }
  }

  /**
   * Mean and population standard deviation of the rows so far; a constant feature gets scale 1.
   * @throws RangeError without a complete row
   */
  finish(): Required<Omit<StandardScaler, 'training'>> {
    if (this.rows === 0)
      throw new RangeError('A scaler cannot be fitted: there is no complete row of features.');
    const mean = this.#mean.slice();
    const scale = this.#squares.map((squares, feature) => {
      const variance = squares / this.rows;
      return isConstant(variance, mean[feature]!, this.rows) ? 1 : Math.sqrt(variance);
    });
    return { mean, scale, featureOrder: this.#featureOrder };
  }
}

/** scikit-learn's rule: the variance is within the rounding error of its computation. */
function isConstant(variance: number, mean: number, rows: number): boolean {
  return variance <= rows * Number.EPSILON * variance + (rows * mean * Number.EPSILON) ** 2;
}
