import { backoffMs } from '../runtime/backoff.ts';

/** After so many deaths in a row the process still starts again at once. */
const DEATHS_WITHOUT_PAUSE = 2;
const PAUSE = { firstMs: 1000, longestMs: 30_000 };

/** Whether an inference process that died starts again at once, or after a pause, longer each time. */
export class RestartPause {
  #deathsInARow = 0;
  #pause: { readonly timer: NodeJS.Timeout; readonly ms: number } | undefined;

  get deathsInARow(): number {
    return this.#deathsInARow;
  }

  /** Length of the pause that lasts, in ms; undefined while there is none. */
  get ms(): number | undefined {
    return this.#pause?.ms;
  }

  countDeath(): void {
    this.#deathsInARow++;
  }

  /** The process answered. */
  forgetDeaths(): void {
    this.#deathsInARow = 0;
  }

  /** Begins a pause if the process died too often; returns whether it did. */
  begin(): boolean {
    if (this.#deathsInARow <= DEATHS_WITHOUT_PAUSE) return false;
    const ms = backoffMs(PAUSE, this.#deathsInARow - DEATHS_WITHOUT_PAUSE);
    const timer = setTimeout(() => {
      this.#pause = undefined;
    }, ms).unref();
    this.#pause = { timer, ms };
    return true;
  }

  close(): void {
    clearTimeout(this.#pause?.timer);
  }
}
