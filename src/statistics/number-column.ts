const INITIAL_CAPACITY = 256;

/** Numbers that are added one by one, 8 bytes each. */
export class NumberColumn {
  #values = new Float64Array(INITIAL_CAPACITY);
  #count = 0;

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const values = new Float64Array(2 * this.#count);
      values.set(this.#values);
      this.#values = values;
    }
    this.#values[this.#count++] = value;
  }

  /** All numbers so far; valid until the next is added. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#count);
  }
}
