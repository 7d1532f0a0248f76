import { firstIndex } from '../runtime/first-index.ts';
import { quantileOf } from './quantile.ts';

/** A sorted collection of at most `capacity` numbers. */
export class SortedWindow {
  readonly #values: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  /** Replaces all numbers. @throws RangeError if there are too many */
  refill(values: Float64Array): void {
    if (values.length > this.#values.length)
      throw new RangeError(`The window holds at most ${this.#values.length} numbers, not ${values.length}.`);
    this.#values.set(values);
    this.#values.subarray(0, values.length).sort();
    this.#count = values.length;
  }

  /** @throws RangeError if the window is full */
  add(value: number): void {
    if (this.#count === this.#values.length)
      throw new RangeError(`The window already holds ${this.#count} numbers.`);
    const at = this.#position(value);
    this.#values.copyWithin(at + 1, at, this.#count);
    this.#values[at] = value;
    this.#count += 1;
  }

  /** @throws RangeError if the value is missing */
  remove(value: number): void {
    const at = this.#position(value);
    if (at >= this.#count || this.#values[at] !== value)
      throw new RangeError(`${value} is not in the window.`);
    this.#values.copyWithin(at, at + 1, this.#count);
    this.#count -= 1;
  }

  /** Interpolated linearly. @param level 0..1 */
  quantile(level: number): number {
    return quantileOf(this.#values.subarray(0, this.#count), level);
  }

  /** Index of the first number that is not below `value`. */
  #position(value: number): number {
    return firstIndex(this.#values.subarray(0, this.#count), (other) => other >= value);
  }
}
