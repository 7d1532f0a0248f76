import type { Excursion, Excursions } from './excursions.ts';
import { NEEDED } from './gates.ts';
import { NumberColumn } from './number-column.ts';
import { quantileOf } from './quantile.ts';

/** Medians over lots; r is null where no lot has a distance to its stop. */
export type MedianExcursion = Excursion;

/** Of lots that are alike; null with fewer than 10 of them. */
export interface ExcursionGroup {
  readonly lots: number;
  readonly mae: MedianExcursion | null;
  readonly mfe: MedianExcursion | null;
}

/** How far lots went against their side and with it (statistics.md#65). */
export interface ExcursionSummary {
  readonly all: ExcursionGroup;
  readonly wins: ExcursionGroup;
  readonly losses: ExcursionGroup;
  /** Closed lots of which candles are missing. */
  readonly missing: number;
}

/** Excursions in one direction, by unit. */
class ExcursionColumns {
  readonly #amount = new NumberColumn();
  readonly #marginPct = new NumberColumn();
  readonly #r = new NumberColumn();

  add({ amount, marginPct, r }: Excursion): void {
    this.#amount.add(amount);
    this.#marginPct.add(marginPct);
    if (r !== null) this.#r.add(r);
  }

  medians(): MedianExcursion {
    return {
      amount: medianOf(this.#amount),
      marginPct: medianOf(this.#marginPct),
      r: this.#r.values.length === 0 ? null : medianOf(this.#r),
    };
  }
}

/** The excursions of lots that are alike, added one by one. */
class ExcursionGroupTally {
  readonly #mae = new ExcursionColumns();
  readonly #mfe = new ExcursionColumns();
  #lots = 0;
  #read: ExcursionGroup | null = null;

  add({ mae, mfe }: Excursions): void {
    this.#mae.add(mae);
    this.#mfe.add(mfe);
    this.#lots += 1;
    this.#read = null;
  }

  read(): ExcursionGroup {
    const isShown = this.#lots >= NEEDED.groupLots;
    this.#read ??= {
      lots: this.#lots,
      mae: isShown ? this.#mae.medians() : null,
      mfe: isShown ? this.#mfe.medians() : null,
    };
    return this.#read;
  }
}

/** The excursions of all lots, of those that won and of those that lost. */
export class ExcursionTally {
  readonly #all = new ExcursionGroupTally();
  readonly #wins = new ExcursionGroupTally();
  readonly #losses = new ExcursionGroupTally();

  /** @param netPnl of the lot, after fees and funding */
  add(excursions: Excursions, netPnl: number): void {
    this.#all.add(excursions);
    if (netPnl > 0) this.#wins.add(excursions);
    if (netPnl < 0) this.#losses.add(excursions);
  }

  read(): Omit<ExcursionSummary, 'missing'> {
    return { all: this.#all.read(), wins: this.#wins.read(), losses: this.#losses.read() };
  }
}

function medianOf(column: NumberColumn): number {
  return quantileOf(column.values.slice().sort(), 0.5);
}
