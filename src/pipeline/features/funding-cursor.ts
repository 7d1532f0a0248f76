import { type FundingRate, MINUTE_MS } from '../../candle.ts';

/** Finds the funding rate of candles that come in ascending time. */
export class FundingCursor {
  readonly #rates: readonly FundingRate[];
  #passed = 0;

  /** @param rates in ascending time; newer ones may be appended later */
  constructor(rates: readonly FundingRate[]) {
    this.#rates = rates;
  }

  /** The latest rate at or before `openTime` (ms), 0 before the first; times must not decrease between calls. */
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
