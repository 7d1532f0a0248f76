/**
 * Largest of the last `size` values in amortized O(1) per value. As in RollingMoments, the window is a suffix of the
 * last complete block and a prefix of the current one (van Herk, 1992).
 */
export class RollingMaximum {
  readonly #size: number;
  readonly #block: Float64Array;
  /** Largest value of the last complete block, from each position to its end. */
  readonly #suffix: Float64Array;
  #position = 0;
  #prefix = Number.NEGATIVE_INFINITY;
  #hasSuffix = false;

  constructor(size: number) {
    this.#size = size;
    this.#block = new Float64Array(size);
    this.#suffix = new Float64Array(size);
  }

  /** Adds a value. @returns the largest of the last `size` values, NaN until there are as many */
  push(value: number): number {
    if (this.#position === this.#size) this.#closeBlock();
    this.#block[this.#position] = value;
    this.#position += 1;
    if (value > this.#prefix) this.#prefix = value;
    if (this.#position === this.#size) return this.#prefix;
    return this.#hasSuffix ? Math.max(this.#suffix[this.#position]!, this.#prefix) : Number.NaN;
  }

  #closeBlock(): void {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = this.#size - 1; i >= 0; i--) {
      if (this.#block[i]! > largest) largest = this.#block[i]!;
      this.#suffix[i] = largest;
    }
    this.#hasSuffix = true;
    this.#position = 0;
    this.#prefix = Number.NEGATIVE_INFINITY;
  }
}
