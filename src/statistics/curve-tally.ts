import type { EquityPoint } from '../trading/outcome.ts';
import { ReturnSeries } from './returns.ts';

/** Statistics of an equity curve whose points are added one by one, at constant cost per point. */
export class CurveTally {
  readonly returns: ReturnSeries;
  /** Times of the first and the last point in ms; null without points. */
  firstTime: number | null = null;
  lastTime: number | null = null;
  lastEquity: number;
  pointsWithLots = 0;
  /** The largest drawdown as a share of the peak before it, 0..1. */
  maxDrawdown = 0;
  #peak: number;

  /** @param initialBalance the equity before the first point */
  constructor(initialBalance: number) {
    this.returns = new ReturnSeries(initialBalance);
    this.lastEquity = initialBalance;
    this.#peak = initialBalance;
  }

  get points(): number {
    return this.returns.count;
  }

  add({ time, equity, openLots }: Pick<EquityPoint, 'time' | 'equity' | 'openLots'>): void {
    this.returns.add(equity);
    this.firstTime ??= time;
    this.lastTime = time;
    this.lastEquity = equity;
    if (openLots > 0) this.pointsWithLots += 1;
    if (equity > this.#peak) this.#peak = equity;
    else if (this.#peak > 0)
      this.maxDrawdown = Math.max(this.maxDrawdown, (this.#peak - equity) / this.#peak);
  }
}
