const ROWS_PER_BLOCK = 65_536;

/** Rows of numbers with the line that each is on. They are in blocks, so that a long file takes 8 bytes for each number. */
export class NumberTable {
  readonly #width: number;
  readonly #blocks: Float64Array[] = [];
  length = 0;

  /** @param columns numbers in a row */
  constructor(columns: number) {
    this.#width = columns + 1;
  }

  append(line: number, numbers: readonly number[]): void {
    const at = (this.length % ROWS_PER_BLOCK) * this.#width;
    if (at === 0) this.#blocks.push(new Float64Array(ROWS_PER_BLOCK * this.#width));
    const block = this.#blocks.at(-1)!;
    block[at] = line;
    block.set(numbers, at + 1);
    this.length += 1;
  }

  lineOf(row: number): number {
    return this.#cell(row, 0);
  }

  /** @param column from 0 */
  value(row: number, column: number): number {
    return this.#cell(row, column + 1);
  }

  values(row: number): number[] {
    return Array.from({ length: this.#width - 1 }, (_, column) => this.value(row, column));
  }

  #cell(row: number, column: number): number {
    return this.#blocks[Math.floor(row / ROWS_PER_BLOCK)]![(row % ROWS_PER_BLOCK) * this.#width + column]!;
  }
}
