import { DAY_MS } from '../candle.ts';
import { midnightAfter } from './utc-days.ts';

/** Simple returns of whole UTC days, one after the other (statistics.md#8). */
export interface DailyReturns {
  /** The midnight at which the first day begins, ms; null without a day. */
  readonly from: number | null;
  readonly values: readonly number[];
}

export const NO_DAYS: DailyReturns = { from: null, values: [] };

/** The equity at the midnights of a curve whose points are added one by one in order of time. */
export class DailyEquity {
  readonly #first: number;
  readonly #midnights: number[] = [];
  #next: number;
  #last: number;

  /** @param start time of `equity`, the first of the curve, in ms */
  constructor(start: number, equity: number) {
    this.#first = midnightAfter(start);
    this.#next = this.#first;
    this.#last = equity;
    this.add(start, equity);
  }

  /** A midnight without a point has the equity before it. */
  add(time: number, equity: number): void {
    for (; this.#next < time; this.#next += DAY_MS) this.#midnights.push(this.#last);
    if (this.#next === time) {
      this.#midnights.push(equity);
      this.#next += DAY_MS;
    }
    this.#last = equity;
  }

  /**
   * Returns of the days between midnights; equity must be positive at all of them.
   * @param end a midnight (ms) after which days do not count; null for none
   */
  returns(end: number | null): DailyReturns {
    const kept = end === null ? this.#midnights.length : Math.floor((end - this.#first) / DAY_MS) + 1;
    const values: number[] = [];
    for (let day = 1; day < Math.min(kept, this.#midnights.length); day++)
      values.push(this.#midnights[day]! / this.#midnights[day - 1]! - 1);
    return values.length === 0 ? NO_DAYS : { from: this.#first, values };
  }
}

/**
 * Daily returns of the days that all share, in order; null if there is no such day.
 * @throws RangeError without any returns
 */
export function sharedDays(
  all: readonly DailyReturns[],
): { readonly from: number; readonly values: readonly (readonly number[])[] } | null {
  if (all.length === 0) throw new RangeError('There are no returns to share days.');
  let [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const { from: first, values } of all) {
    if (first === null) return null;
    from = Math.max(from, first);
    to = Math.min(to, first + values.length * DAY_MS);
  }
  if (from >= to) return null;
  return { from, values: all.map((one) => cut(one, from, to)) };
}

/** The last part that was cut from some returns: a record is compared with many others over the same days. */
const parts = new WeakMap<readonly number[], { first: number; end: number; part: readonly number[] }>();

/** The days from `from` to before `to` (ms); the same array as the last time if they are the same days. */
function cut({ from: begin, values }: DailyReturns, from: number, to: number): readonly number[] {
  const [first, end] = [(from - begin!) / DAY_MS, (to - begin!) / DAY_MS];
  const known = parts.get(values);
  if (known?.first === first && known.end === end) return known.part;
  const part = values.slice(first, end);
  parts.set(values, { first, end, part });
  return part;
}

/** ln(1 + return) of simple returns. */
export function logReturns(returns: readonly number[]): number[] {
  return returns.map(Math.log1p);
}
