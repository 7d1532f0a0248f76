import { MINUTE_MS } from '../../candle.ts';
import type { CandleGap } from './gap-repository.ts';

const MIN_ASKS = 2;
const MAX_AGE_MS = 60 * MINUTE_MS;

/**
 * Whether the exchange may still bring the candle that a filled one stands in for: it opened less than an hour ago and
 * the exchange was asked for it fewer than twice (market.md#14).
 * @param openTime of the filled candle, in ms
 * @param gaps of its timeframe, those around it included
 */
export function mayStillArrive(openTime: number, gaps: readonly CandleGap[], now: number): boolean {
  if (now - openTime > MAX_AGE_MS) return false;
  const gap = gaps.find(({ from, to }) => from <= openTime && openTime <= to);
  return gap !== undefined && gap.asks < MIN_ASKS;
}
