import type { Candle, IntrabarTimeframe } from '../../candle.ts';
import { aggregateCandles } from '../store/aggregate-candles.ts';

const PRICES = ['open', 'high', 'low', 'close'] as const;
/** Volumes are multiples of the exchange's step; the error of adding them in binary is a far smaller share. */
const VOLUME_ROUNDING = 1e-9;
const VOLUME_DECIMALS = 10;

/**
 * How a decision candle and its intrabar candles contradict each other, with the numbers; undefined when they agree.
 * @param intrabarCandles all of them, in order of time
 */
export function candleMismatch(
  candle: Candle,
  intrabarCandles: readonly Candle[],
  intrabarTimeframe: IntrabarTimeframe,
): string | undefined {
  const expected = aggregateCandles(candle.openTime, intrabarCandles, VOLUME_DECIMALS);
  const fields: (keyof Candle)[] = PRICES.filter((field) => expected[field] !== candle[field]);
  const difference = Math.abs(expected.volume - candle.volume);
  if (difference > VOLUME_ROUNDING * Math.max(expected.volume, candle.volume)) fields.push('volume');
  const problems = fields.map(
    (name) => `the ${name} is ${candle[name]} but ${expected[name]} in its ${intrabarTimeframe} candles`,
  );
  return problems.length === 0 ? undefined : problems.join('; ');
}
