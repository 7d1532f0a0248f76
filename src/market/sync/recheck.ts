import { backoffMs } from '../../runtime/backoff.ts';

/** How often the exchange was asked about missing or contradictory candles, and when last (ms). */
export interface Rechecked {
  readonly askedAt: number;
  readonly asks: number;
}

const DAY_MS = 24 * 60 * 60_000;

/** Whether to ask again at `now` (ms): after one `step`, then two, four, ..., at least once a day (market.md#13). */
export function isRecheckDue({ askedAt, asks }: Rechecked, step: number, now: number): boolean {
  return asks === 0 || now - askedAt >= backoffMs({ firstMs: step, longestMs: DAY_MS }, asks);
}
