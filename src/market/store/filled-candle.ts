import { MINUTE_MS } from '../../candle.ts';
import type { CandleGap } from './gap-repository.ts';

const MIN_REQUESTS = 2;
const MAX_AGE_MS = 60 * MINUTE_MS;

/**
 * Whether the exchange may still have the real candle of a filled one: it opened at most an hour ago and was requested
 * fewer than twice (market.md#14).
 * @param openTime of the filled candle, in ms
 * @param gaps of its timeframe, including those around it
 */
export function mayStillArrive(openTime: number, gaps: readonly CandleGap[], now: number): boolean {
  const gap = gaps.find(({ from, to }) => from <= openTime && openTime <= to);
  return gap !== undefined && gap.requests < MIN_REQUESTS && now - openTime <= MAX_AGE_MS;
}
