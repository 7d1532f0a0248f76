import type { EquityPoint } from '../trading/outcome.ts';
import { DailyEquity } from './daily-equity.ts';
import { DrawdownTally } from './drawdown-tally.ts';
import { PeriodTally } from './period-tally.ts';

/** A point of an equity curve; time in ms, equity in quote currency. */
export type CurvePoint = Pick<EquityPoint, 'time' | 'equity'>;

/** What needs to know when the curve begins. */
interface Started {
  readonly from: number;
  readonly drawdown: DrawdownTally;
  readonly days: DailyEquity;
}

/** Statistics of an equity curve whose points are added one by one, at constant cost per point. */
export class CurveTally {
  readonly initialBalance: number;
  readonly decisionMs: number;
  readonly periods: PeriodTally;
  #started: Started | null = null;
  #last: CurvePoint | null = null;
  #changedAt: number | null = null;
  #isRuined = false;

  /** @param initialBalance the equity when the first candle opens, above 0; `decisionMs` is the length of a candle */
  constructor(initialBalance: number, decisionMs: number) {
    this.initialBalance = initialBalance;
    this.decisionMs = decisionMs;
    this.periods = new PeriodTally(initialBalance);
  }

  /** @param point at the close of a decision candle, after those that were added before */
  add({ time, equity }: CurvePoint): void {
    const started = this.#started ?? this.#start(time - this.decisionMs);
    this.periods.add(time - this.decisionMs, equity);
    started.drawdown.add(time, equity);
    started.days.add(time, equity);
    if (equity !== (this.#last?.equity ?? this.initialBalance)) this.#changedAt = time;
    if (equity <= 0) this.#isRuined = true;
    this.#last = { time, equity };
  }

  #start(from: number): Started {
    const balance = this.initialBalance;
    this.#started = {
      from,
      drawdown: new DrawdownTally(from, balance),
      days: new DailyEquity(from, balance),
    };
    return this.#started;
  }

  /** When the first candle opened, and the statistics that begin there; null without points. */
  get started(): Started | null {
    return this.#started;
  }

  /** UTC days that the curve touches. */
  get days(): number {
    return this.periods.days;
  }

  get last(): CurvePoint | null {
    return this.#last;
  }

  /** The last point whose equity differs from the one before, ms; null if none does. */
  get changedAt(): number | null {
    return this.#changedAt;
  }

  /** Whether equity was ever 0 or less. */
  get isRuined(): boolean {
    return this.#isRuined;
  }
}
