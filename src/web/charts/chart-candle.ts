/** A candle as the chart draws it. */
export interface ChartCandle {
  /** When it opens, ms since the epoch. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Index of the last candle that opens at or before an instant, -1 if there is none. @param candles oldest first */
export function indexAt(candles: readonly ChartCandle[], time: number): number {
  let low = 0;
  let high = candles.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (candles[middle]!.time <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Highest and lowest price of the candles that overlap a range; undefined where there are none. */
export function extremes(
  candles: readonly ChartCandle[],
  from: number,
  to: number,
): { readonly highest: number; readonly lowest: number } | undefined {
  let highest = Number.NEGATIVE_INFINITY;
  let lowest = Number.POSITIVE_INFINITY;
  for (let index = Math.max(0, indexAt(candles, from)); index < candles.length; index++) {
    const { time, high, low } = candles[index]!;
    if (time > to) break;
    highest = Math.max(highest, high);
    lowest = Math.min(lowest, low);
  }
  return highest === Number.NEGATIVE_INFINITY ? undefined : { highest, lowest };
}
