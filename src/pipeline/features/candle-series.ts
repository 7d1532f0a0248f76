import type { Candle, FundingRate } from '../../candle.ts';
import { FundingCursor } from './funding-cursor.ts';

/** A column of one number per candle. */
export type Column = Float64Array;

/**
 * Computes the rows `from` to before `to` of a column. Rows come in order and none is left out, so it may carry state
 * from one to the next. Each has a loop of its own: a shared loop that calls back for every row takes three times as
 * long (numbers that functions return are allocated).
 */
export type Fill = (values: Column, from: number, to: number) => void;

/**
 * Columns for series of one capacity, one series at a time. Columns are reused: allocating and clearing them takes as
 * long as computing the features.
 */
export class ColumnPool {
  readonly capacity: number;
  readonly #columns: Column[] = [];
  #taken = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** A column with unknown content. */
  take(): Column {
    this.#columns[this.#taken] ??= new Float64Array(this.capacity);
    this.#taken += 1;
    return this.#columns[this.#taken - 1]!;
  }

  /** Takes all columns back; series that were made before must not be used any more. */
  reset(): void {
    this.#taken = 0;
  }
}

/**
 * Closed candles of one timeframe as columns, oldest first, with the columns that features derive from them. A derived
 * column is computed once, however many features read it. Every value depends on the candles since the first one, so
 * the start of the series is part of its definition (features.md#34).
 */
export class CandleSeries {
  readonly openTime: Column;
  readonly open: Column;
  readonly high: Column;
  readonly low: Column;
  readonly close: Column;
  readonly volume: Column;
  /** ln(close). */
  readonly logClose: Column;
  /** Funding rate in force at the open time, 0 before the first settlement. */
  readonly fundingRate: Column;
  readonly #funding: FundingCursor;
  readonly #derived = new Map<string, Column>();
  readonly #fills: ((from: number, to: number) => void)[] = [];
  readonly #pool: ColumnPool;
  readonly #columns: Column[] = [];
  readonly #reach: number;
  #length = 0;

  /**
   * @param pool gives it columns; its capacity is how many candles the series holds at once
   * @param funding in ascending time; newer rates may be appended to the list
   * @param reach rows before the newest that a column may read
   */
  constructor(pool: ColumnPool, funding: readonly FundingRate[], reach: number) {
    this.#pool = pool;
    this.#reach = reach;
    this.openTime = this.#take();
    this.open = this.#take();
    this.high = this.#take();
    this.low = this.#take();
    this.close = this.#take();
    this.volume = this.#take();
    this.logClose = this.#take();
    this.fundingRate = this.#take();
    this.#funding = new FundingCursor(funding);
  }

  /** Number of rows that the columns hold. */
  get length(): number {
    return this.#length;
  }

  /**
   * Appends candles and computes all derived columns for them. Prices must be positive and finite, times ascending. A
   * series that is full forgets its oldest rows first, all but those that columns may read.
   * @throws RangeError for more candles than the series holds
   */
  append(candles: readonly Candle[]): void {
    if (this.#length + candles.length > this.#pool.capacity) this.#forgetOldest();
    const from = this.#length;
    const to = from + candles.length;
    if (to > this.#pool.capacity)
      throw new RangeError(`The series holds ${this.#pool.capacity} candles; ${to} do not fit.`);
    for (let t = from; t < to; t++) this.#write(t, candles[t - from]!);
    this.#length = to;
    for (const fill of this.#fills) fill(from, to);
  }

  /**
   * The column with this key, computed from its first use on.
   * @param create returns what computes it from this series; it may derive the columns that it reads
   */
  derive(key: string, create: (series: CandleSeries) => Fill): Column {
    const known = this.#derived.get(key);
    if (known !== undefined) return known;
    // `create` registers the columns that this one reads, so they are filled before it.
    const fill = create(this);
    const values = this.#take();
    this.#derived.set(key, values);
    this.#register((from, to) => fill(values, from, to));
    return values;
  }

  /** Two columns that are computed together. */
  derivePair(
    firstKey: string,
    secondKey: string,
    create: (series: CandleSeries) => (first: Column, second: Column, from: number, to: number) => void,
  ): readonly [Column, Column] {
    const known = this.#derived.get(firstKey);
    if (known !== undefined) return [known, this.#derived.get(secondKey)!];
    const fill = create(this);
    const first = this.#take();
    const second = this.#take();
    this.#derived.set(firstKey, first);
    this.#derived.set(secondKey, second);
    this.#register((from, to) => fill(first, second, from, to));
    return [first, second];
  }

  #take(): Column {
    const column = this.#pool.take();
    this.#columns.push(column);
    return column;
  }

  /** Rows are told from the first ones by their index, so those that stay must be at least `reach`. */
  #forgetOldest(): void {
    const kept = Math.min(this.#length, Math.max(1, this.#reach));
    for (const column of this.#columns) column.copyWithin(0, this.#length - kept, this.#length);
    this.#length = kept;
  }

  #register(fill: (from: number, to: number) => void): void {
    this.#fills.push(fill);
    fill(0, this.#length);
  }

  #write(t: number, { openTime, open, high, low, close, volume }: Candle): void {
    this.openTime[t] = openTime;
    this.open[t] = open;
    this.high[t] = high;
    this.low[t] = low;
    this.close[t] = close;
    this.volume[t] = volume;
    this.logClose[t] = Math.log(close);
    this.fundingRate[t] = this.#funding.rateAt(openTime);
  }
}
