/** Counts forecasts, added in order of time, whose outcomes do not overlap (statistics.md#41). */
export class IndependentCount {
  readonly #horizon: number;
  #last = Number.NEGATIVE_INFINITY;
  count = 0;

  /** @param horizon candles until an outcome is known */
  constructor(horizon: number) {
    this.#horizon = horizon;
  }

  /** @param index candle of the forecast; not below the one before */
  add(index: number): void {
    if (index - this.#last < this.#horizon) return;
    this.#last = index;
    this.count += 1;
  }
}
