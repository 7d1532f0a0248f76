import type { ChartCandle } from '../../../charts/chart-candle.ts';
import { joinCandles } from './candle-list.ts';

/** Candles per request, at most. */
export const PAGE = 1500;
/** Candles that are loaded again after changes. */
const NEWEST = 100;

/** What is loaded; times in ms since the epoch. */
export interface CandlePagesOptions {
  /** Loads the newest candles that open before `before`, oldest first. */
  readonly load: (
    limit: number,
    before: number | undefined,
    signal?: AbortSignal,
  ) => Promise<readonly ChartCandle[]>;
  /** Length of a candle. */
  readonly stepMs: number;
  /** Begin and end of what is loaded at first. */
  readonly from: number;
  readonly to: number;
  /** Candles that open before this are loaded at first; the newest unless given. */
  readonly before: number | undefined;
  /** End of the run; undefined of a live account. */
  readonly until: number | undefined;
}

/** Candles that are loaded page by page. Several pages may be loaded at a time: none takes away what another one added. */
export class CandlePages {
  readonly #options: CandlePagesOptions;
  #list: readonly ChartCandle[] = [];
  #isComplete = false;

  constructor(options: CandlePagesOptions) {
    this.#options = options;
  }

  /** All that are loaded, oldest first. */
  get list(): readonly ChartCandle[] {
    return this.#list;
  }

  /** Loads the range at first, and the newest candles from then on. */
  async refresh(signal: AbortSignal): Promise<void> {
    const { load, before, stepMs } = this.#options;
    if (this.#list.length === 0) this.#list = await this.#loadRange(signal);
    // What lies in the past does not change.
    else if (before === undefined) {
      const newest = await load(NEWEST, before, signal);
      this.#list = joinCandles(this.#list, newest, stepMs);
    }
  }

  /** How to load a page of older candles; undefined where there are none. */
  olderPage(): (() => Promise<void>) | undefined {
    const { load, stepMs } = this.#options;
    const first = this.#list[0];
    if (first === undefined || this.#isComplete) return undefined;
    return async () => {
      const older = await load(PAGE, first.time);
      this.#isComplete = older.length === 0;
      this.#list = joinCandles(older, this.#list, stepMs);
    };
  }

  /** How to load a page of later candles; undefined where they come by themselves, and at the end of the run. */
  newerPage(): (() => Promise<void>) | undefined {
    const { load, stepMs, before: begin, until = Number.POSITIVE_INFINITY } = this.#options;
    const last = this.#list.at(-1);
    if (last === undefined || begin === undefined || begin === until) return undefined;
    const before = Math.min(last.time + (PAGE + 1) * stepMs, until);
    if (before <= last.time + stepMs) return undefined;
    return async () => {
      const newer = await load(PAGE, before);
      this.#list = joinCandles(this.#list, newer, stepMs);
    };
  }

  async #loadRange(signal: AbortSignal): Promise<readonly ChartCandle[]> {
    const { load, stepMs, from, to, before } = this.#options;
    const wanted = Math.min(PAGE, Math.ceil(((before ?? to) - from) / stepMs));
    let list = await load(wanted, before, signal);
    for (let isFull = list.length === wanted; isFull && list[0]!.time > from; ) {
      const older = await load(PAGE, list[0]!.time, signal);
      isFull = older.length === PAGE;
      list = joinCandles(older, list, stepMs);
    }
    return list;
  }
}
