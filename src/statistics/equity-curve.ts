import type { EquityPoint } from '../trading/outcome.ts';
import { GrowingReturns } from './returns.ts';

/** What statistics keep of a 15-minute equity curve; a point that is added costs the same however long it is. */
export class EquityCurve {
  readonly returns: GrowingReturns;
  /** Of the first and the last point, ms; null without any. */
  firstTime: number | null = null;
  lastTime: number | null = null;
  last: number;
  pointsWithLots = 0;
  /** The largest fall from a peak, as a share of the peak, 0..1. */
  maxDrawdown = 0;
  #peak: number;

  /** @param initialBalance the equity before the first point */
  constructor(initialBalance: number) {
    this.returns = new GrowingReturns(initialBalance);
    this.last = initialBalance;
    this.#peak = initialBalance;
  }

  get points(): number {
    return this.returns.count;
  }

  push({ time, equity, openLots }: Pick<EquityPoint, 'time' | 'equity' | 'openLots'>): void {
    this.returns.push(equity);
    this.firstTime ??= time;
    this.lastTime = time;
    this.last = equity;
    if (openLots > 0) this.pointsWithLots += 1;
    if (equity > this.#peak) this.#peak = equity;
    else if (this.#peak > 0)
      this.maxDrawdown = Math.max(this.maxDrawdown, (this.#peak - equity) / this.#peak);
  }
}
