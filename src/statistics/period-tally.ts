import { roundMoney } from '../trading/money.ts';
import { dateOf, midnightBefore, monthOf, weekOf } from './utc-days.ts';

/** The result of a day, an ISO week or a month (statistics.md#3), in quote currency. */
export interface PeriodPnl {
  /** 2025-03-03, 2025-W10 or 2025-03 */
  readonly period: string;
  /** Rounded to 1e-8. */
  readonly pnl: number;
  /** Decision candles that opened in the period; fewer than usual at both ends of the curve. */
  readonly candles: number;
}

/** Results by UTC day, ISO week and month; each table sums to the total. */
export interface PeriodTables {
  readonly daily: readonly PeriodPnl[];
  readonly weekly: readonly PeriodPnl[];
  readonly monthly: readonly PeriodPnl[];
}

interface Row {
  readonly period: string;
  /** The last equity before the period. */
  readonly before: number;
  last: number;
  candles: number;
}

const TABLES = ['daily', 'weekly', 'monthly'] as const;
const NAMES = { daily: dateOf, weekly: weekOf, monthly: monthOf } as const;

/** The results of periods, of candles that are added one by one in order of time. */
export class PeriodTally {
  readonly #rows: Record<keyof typeof NAMES, Row[]> = { daily: [], weekly: [], monthly: [] };
  #equity: number;
  #day = Number.NEGATIVE_INFINITY;

  /** @param equity before the first candle */
  constructor(equity: number) {
    this.#equity = equity;
  }

  /** @param openTime of the candle, ms; `equity` is that at its close */
  add(openTime: number, equity: number): void {
    this.#set(openTime, equity, 1);
  }

  get days(): number {
    return this.#rows.daily.length;
  }

  /** @param mark the newest equity, which belongs to the period of `openTime`, without a candle of its own */
  read(mark?: { readonly openTime: number; readonly equity: number }): PeriodTables {
    if (mark === undefined) return this.#tables();
    const copy = new PeriodTally(this.#equity);
    copy.#day = this.#day;
    for (const table of TABLES) copy.#rows[table] = this.#rows[table].map((row) => ({ ...row }));
    copy.#set(mark.openTime, mark.equity, 0);
    return copy.#tables();
  }

  #set(openTime: number, equity: number, candles: number): void {
    const day = midnightBefore(openTime);
    if (day !== this.#day) this.#begin(day);
    for (const table of TABLES) {
      const row = this.#rows[table].at(-1)!;
      row.last = equity;
      row.candles += candles;
    }
    this.#equity = equity;
  }

  /** Adds the periods that begin with a day. */
  #begin(day: number): void {
    this.#day = day;
    for (const table of TABLES) {
      const rows = this.#rows[table];
      const period = NAMES[table](day);
      if (rows.at(-1)?.period !== period)
        rows.push({ period, before: this.#equity, last: this.#equity, candles: 0 });
    }
  }

  #tables(): PeriodTables {
    const tableOf = (rows: readonly Row[]) =>
      rows.map(({ period, before, last, candles }) => ({ period, pnl: roundMoney(last - before), candles }));
    const { daily, weekly, monthly } = this.#rows;
    return { daily: tableOf(daily), weekly: tableOf(weekly), monthly: tableOf(monthly) };
  }
}
