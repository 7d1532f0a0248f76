/**
 * Mean and population standard deviation of the last `size` values, in amortized O(1) per value (features.md#35).
 *
 * Values come in blocks of `size`. The window is a suffix of the last complete block and a prefix of the current one;
 * the moments of both are merged by the parallel formula of Chan, Golub and LeVeque (1979). Nothing is subtracted, so
 * the result depends only on the values in the window: it does not drift over long runs, an outlier has no effect after
 * it left the window, and the deviation is exactly 0 where all values are equal.
 */
export class RollingMoments {
  /** NaN until `size` values were added. */
  mean = Number.NaN;
  /** NaN until `size` values were added. */
  standardDeviation = Number.NaN;

  readonly #size: number;
  readonly #block: Float64Array;
  /** Mean and sum of squared deviations of the last complete block, from each position to its end. */
  readonly #suffixMean: Float64Array;
  readonly #suffixSquares: Float64Array;
  #hasSuffix = false;
  #position = 0;
  #prefixMean = 0;
  #prefixSquares = 0;

  constructor(size: number) {
    this.#size = size;
    this.#block = new Float64Array(size);
    this.#suffixMean = new Float64Array(size);
    this.#suffixSquares = new Float64Array(size);
  }

  push(value: number): void {
    if (this.#position === this.#size) this.#closeBlock();
    this.#block[this.#position] = value;
    this.#position += 1;

    const count = this.#position;
    const step = value - this.#prefixMean;
    this.#prefixMean += step / count;
    this.#prefixSquares += step * ((step * (count - 1)) / count);

    if (count === this.#size) this.#publish(this.#prefixMean, this.#prefixSquares);
    else if (this.#hasSuffix) this.#publishMerged(count);
  }

  #publishMerged(prefixCount: number): void {
    const suffixMean = this.#suffixMean[prefixCount]!;
    const distance = this.#prefixMean - suffixMean;
    const share = prefixCount / this.#size;
    const between = distance * distance * share * (this.#size - prefixCount);
    this.#publish(
      suffixMean + distance * share,
      this.#suffixSquares[prefixCount]! + this.#prefixSquares + between,
    );
  }

  #publish(mean: number, squares: number): void {
    this.mean = mean;
    this.standardDeviation = Math.sqrt(squares / this.#size);
  }

  #closeBlock(): void {
    let mean = 0;
    let squares = 0;
    for (let i = this.#size - 1; i >= 0; i--) {
      const count = this.#size - i;
      const step = this.#block[i]! - mean;
      mean += step / count;
      squares += step * ((step * (count - 1)) / count);
      this.#suffixMean[i] = mean;
      this.#suffixSquares[i] = squares;
    }
    this.#hasSuffix = true;
    this.#position = 0;
    this.#prefixMean = 0;
    this.#prefixSquares = 0;
  }
}
