/** A difference is within when it is at most the larger of `absolute` and `relative` times the expected number. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** A tolerance that does not depend on the number. */
export function absolute(value: number): Tolerance {
  return { absolute: value, relative: 0 };
}

/** The differences of one quantity from the original. */
export interface Measure {
  readonly quantity: string;
  /** Number of values compared. */
  readonly values: number;
  /** Undefined where values must be identical. */
  readonly tolerance: Tolerance | undefined;
  /** The difference with the largest share of its tolerance; NaN where a number is missing or not finite. */
  readonly largest: number;
  /** The largest difference of all, whatever its share. */
  readonly largestOfAll: number;
  /** The share of `largest`; within tolerance up to 1. */
  readonly share: number;
  /** The place of that difference and both values; empty when nothing differs. */
  readonly worst: string;
}

/** Collects differences by quantity. */
export class Comparison {
  readonly #measures = new Map<string, Measure>();

  /**
   * @param expected null is undefined in the original and skipped
   * @param where the place of the numbers
   * @param toleranceOf the tolerance, or that of each position
   * @param nameOf says what a position is
   */
  numbers(
    quantity: string,
    actual: ArrayLike<number>,
    expected: ArrayLike<number | null>,
    toleranceOf: Tolerance | ((position: number) => Tolerance),
    where: string,
    nameOf = (position: number) => `[${position}]`,
  ): void {
    const at = typeof toleranceOf === 'function' ? toleranceOf : () => toleranceOf;
    if (actual.length !== expected.length) {
      const worst = `${where}: ${actual.length} numbers instead of ${expected.length}`;
      this.#add({ quantity, values: 0, tolerance: at(0), largest: Number.NaN, share: Infinity, worst });
    }
    for (let i = 0; i < Math.min(actual.length, expected.length); i++) {
      const place = actual.length === 1 ? where : `${where} ${nameOf(i)}`;
      this.#number(quantity, actual[i]!, expected[i]!, at(i), place);
    }
  }

  #number(
    quantity: string,
    actual: number,
    expected: number | null,
    tolerance: Tolerance,
    where: string,
  ): void {
    const largest = expected === null ? actual - actual : Math.abs(actual - expected);
    const allowed = Math.max(tolerance.absolute, tolerance.relative * Math.abs(expected ?? 0));
    const share = Number.isNaN(largest) ? Infinity : largest === 0 ? 0 : largest / allowed;
    const values = expected === null ? 0 : 1;
    const worst = share === 0 ? '' : `${where}: ${actual} instead of ${expected}`;
    this.#add({ quantity, values, tolerance, largest, share, worst });
  }

  /** Compares a value that must be identical. */
  exact(quantity: string, actual: string | number, expected: string | number, where: string): void {
    const differs = actual !== expected;
    this.#add({
      quantity,
      values: 1,
      tolerance: undefined,
      largest: Number(differs),
      share: differs ? Infinity : 0,
      worst: differs ? `${where}: ${actual} instead of ${expected}` : '',
    });
  }

  #add(measure: Omit<Measure, 'largestOfAll'>): void {
    const next = { ...measure, largestOfAll: measure.largest };
    const known = this.#measures.get(next.quantity);
    if (known === undefined) {
      this.#measures.set(next.quantity, next);
      return;
    }
    const worse = next.share > known.share ? next : known;
    const largestOfAll = Math.max(known.largestOfAll, next.largestOfAll);
    this.#measures.set(next.quantity, { ...worse, largestOfAll, values: known.values + next.values });
  }

  measures(): Measure[] {
    return [...this.#measures.values()];
  }
}

export function isWithin(measure: Measure): boolean {
  return measure.share <= 1;
}
