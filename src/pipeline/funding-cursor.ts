import { type FundingRate, MINUTE_MS } from '../candle.ts';

/** Walks through funding rates in ascending time beside candles in ascending time. */
export class FundingCursor {
  readonly #rates: readonly FundingRate[];
  #passed = 0;

  /** The list is read as it is at each call, so newer rates may be appended to it. */
  constructor(rates: readonly FundingRate[]) {
    this.#rates = rates;
  }

  /** The latest rate with time <= `openTime` (ms), 0 before the first; times must not go back between calls. */
  rateAt(openTime: number): number {
    // Exchanges stamp funding a few ms late (features.md#27).
    while (
      this.#passed < this.#rates.length &&
      Math.floor(this.#rates[this.#passed]!.time / MINUTE_MS) * MINUTE_MS <= openTime
    ) {
      this.#passed += 1;
    }
    return this.#passed === 0 ? 0 : this.#rates[this.#passed - 1]!.rate;
  }
}
