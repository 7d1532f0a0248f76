import { DAY_MS } from '../../candle.ts';
import { backoffMs } from '../../runtime/backoff.ts';

/**
 * Whether to request missing or contradictory candles again at `now` (ms): after one `step`, then two, four, ..., at
 * least once a day (market.md#13).
 * @param rechecked number of requests so far, and time of the last one (ms)
 */
export function isRecheckDue(
  { requestedAt, requests }: { readonly requestedAt: number; readonly requests: number },
  step: number,
  now: number,
): boolean {
  return requests === 0 || now - requestedAt >= backoffMs({ firstMs: step, longestMs: DAY_MS }, requests);
}
