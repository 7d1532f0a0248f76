/** How far a curve fell below its peak (statistics.md#2). Times in ms, null without a drawdown. */
export interface Drawdown {
  /** The deepest fall as a share of the peak before it; above 1 where equity fell below 0. */
  readonly depth: number;
  readonly peakAt: number | null;
  readonly troughAt: number | null;
  /** The first point that is as high as the peak again; null before that. */
  readonly recoveredAt: number | null;
  /** From the peak to the recovery, or to the last point. */
  readonly durationMs: number;
  /** The longest time from a peak to its recovery, the running one included. */
  readonly longestUnderWaterMs: number;
  /** The fall that stands now. */
  readonly current: number;
}

type Deepest = Pick<Drawdown, 'depth' | 'peakAt' | 'troughAt' | 'recoveredAt'>;

/** The drawdown of a curve whose points are added one by one. */
export class DrawdownTally {
  #peak: number;
  #peakAt: number;
  #last: number;
  #lastAt: number;
  #deepest: Deepest = { depth: 0, peakAt: null, troughAt: null, recoveredAt: null };
  #longestMs = 0;

  /** @param equity of the first point, above 0; `time` in ms */
  constructor(time: number, equity: number) {
    this.#peak = equity;
    this.#peakAt = time;
    this.#last = equity;
    this.#lastAt = time;
  }

  add(time: number, equity: number): void {
    if (equity >= this.#peak) {
      if (this.#last < this.#peak) this.#recover(time);
      this.#peak = equity;
      this.#peakAt = time;
    } else {
      const depth = (this.#peak - equity) / this.#peak;
      if (depth > this.#deepest.depth)
        this.#deepest = { depth, peakAt: this.#peakAt, troughAt: time, recoveredAt: null };
    }
    this.#last = equity;
    this.#lastAt = time;
  }

  #recover(time: number): void {
    this.#longestMs = Math.max(this.#longestMs, time - this.#peakAt);
    if (this.#deepest.peakAt === this.#peakAt) this.#deepest = { ...this.#deepest, recoveredAt: time };
  }

  /** A tally of the same points that can be continued on its own. */
  clone(): DrawdownTally {
    const copy = new DrawdownTally(this.#peakAt, this.#peak);
    copy.#last = this.#last;
    copy.#lastAt = this.#lastAt;
    copy.#deepest = this.#deepest;
    copy.#longestMs = this.#longestMs;
    return copy;
  }

  read(): Drawdown {
    const { peakAt, recoveredAt } = this.#deepest;
    const running = this.#last < this.#peak ? this.#lastAt - this.#peakAt : 0;
    return {
      ...this.#deepest,
      durationMs: peakAt === null ? 0 : (recoveredAt ?? this.#lastAt) - peakAt,
      longestUnderWaterMs: Math.max(this.#longestMs, running),
      current: (this.#peak - this.#last) / this.#peak,
    };
  }
}
