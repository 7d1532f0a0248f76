import type { Candle } from '../../candle.ts';
import { aggregateCandles } from '../store/aggregate-candles.ts';

const PRICES = ['open', 'high', 'low', 'close'] as const;
/** Volumes are multiples of the exchange's step: summed in binary, they are off by far less than this share. */
const VOLUME_ROUNDING = 1e-9;
const VOLUME_DECIMALS = 10;

/**
 * Says in what a 15m candle and the 3m candles of its time contradict each other, with the numbers; undefined when
 * they agree: open of the first, highest high, lowest low, close of the last, and the volumes' sum but for rounding.
 * @param parts all of them, in order of time
 */
export function candleMismatch(quarter: Candle, parts: readonly Candle[]): string | undefined {
  const made = aggregateCandles(quarter.openTime, parts, VOLUME_DECIMALS);
  const problems = PRICES.filter((field) => made[field] !== quarter[field]).map(
    (field) => `the ${field} is ${quarter[field]} but ${made[field]} in its 3m candles`,
  );
  const difference = Math.abs(made.volume - quarter.volume);
  if (difference > VOLUME_ROUNDING * Math.max(made.volume, quarter.volume)) {
    problems.push(`the volume is ${quarter.volume} but ${made.volume} in its 3m candles`);
  }
  return problems.length === 0 ? undefined : problems.join('; ');
}
