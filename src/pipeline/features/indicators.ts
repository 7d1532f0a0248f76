/** Recursive indicators, one candle at a time (features.md#29, features.md#30). */

/** `y = (1 - alpha) y + alpha x`, starting at the first x: the `ewm(adjust=False).mean()` of pandas. */
export class ExponentialAverage {
  value = Number.NaN;
  readonly #alpha: number;
  readonly #decay: number;
  #started = false;

  constructor(alpha: number) {
    this.#alpha = alpha;
    this.#decay = 1 - alpha;
  }

  /** Adds a value. @returns the average */
  push(x: number): number {
    if (!this.#started) {
      this.#started = true;
      this.value = x;
    } else if (x !== this.value) {
      // An equal value must not move the average by a rounding error: a flat market is exactly flat.
      this.value = this.#decay * this.value + this.#alpha * x;
    }
    return this.value;
  }
}

/** Exponential average of span n: alpha = 2 / (n + 1). */
export function ema(span: number): ExponentialAverage {
  return new ExponentialAverage(2 / (span + 1));
}

/** Wilder's average of period n: alpha = 1 / n. */
export function wilderAverage(period: number): ExponentialAverage {
  return new ExponentialAverage(1 / period);
}

/** True range of a candle (features.md#10), without a previous close its high - low; in price units. */
export function trueRange(high: number, low: number, previousClose: number | undefined): number {
  if (previousClose === undefined) return high - low;
  return Math.max(high - low, Math.abs(high - previousClose), Math.abs(low - previousClose));
}

/** Wilder's relative strength index, 0..100 (features.md#17, features.md#36). */
export class RelativeStrengthIndex {
  readonly #gain: ExponentialAverage;
  readonly #loss: ExponentialAverage;

  constructor(period: number) {
    this.#gain = wilderAverage(period);
    this.#loss = wilderAverage(period);
  }

  /** Adds the change of the close, 0 for the first candle. @returns the index */
  push(change: number): number {
    // Math.max would lose a NaN, which both averages have to take.
    const gain = this.#gain.push(change < 0 ? 0 : change);
    const loss = this.#loss.push(change > 0 ? 0 : -change);
    if (loss === 0) return gain === 0 ? 50 : 100;
    return 100 - 100 / (1 + gain / loss);
  }
}
