import { type FundingRate, MINUTE_MS, TIMEFRAME_MS } from '../../candle.ts';
import { FORECAST_CANDLES } from '../../dimensions.ts';
import type { StoredCandle } from './candle-repository.ts';

export const WINDOW_TIMEFRAME = '15m';
/** The funding of a window begins this much earlier, so that a rate is known at its first candle. */
export const FUNDING_LEAD_MS = 24 * 60 * 60_000;

/** If the newest candle closed longer ago than this, no position is opened (market.md#16). */
export const STALE_AFTER_MS = 30 * 60_000;
/** More filled candles among those that a forecast depends on open no position. */
export const MAX_FILLED_CANDLES = 8;
const RECENT_CANDLES = 16;

/** Whether a window may be used to open a position, with its numbers (market.md#16). */
export interface WindowValidity {
  readonly ok: boolean;
  /** The first rule that is broken; null when ok. */
  readonly reason: 'STALE' | 'GAP' | null;
  readonly detail: string;
  /** How long ago the newest candle closed, in ms. */
  readonly ageMs: number;
  /** Filled candles among those that a forecast depends on, and among the last 16. */
  readonly filled: number;
  readonly filledRecently: number;
}

/**
 * Judges the candles of a window at `now` (ms).
 * @param fundingKnownTo up to when no settlement is missing, in ms
 */
export function judgeWindow(
  candles: readonly StoredCandle[],
  funding: readonly FundingRate[],
  fundingKnownTo: number,
  now: number,
): WindowValidity {
  const newest = candles.at(-1);
  if (newest === undefined) throw new Error('A window without candles cannot be judged');
  const ageMs = now - (newest.openTime + TIMEFRAME_MS[WINDOW_TIMEFRAME]);
  const filled = countFilled(candles, FORECAST_CANDLES);
  const filledRecently = countFilled(candles, RECENT_CANDLES);
  const judged = (reason: WindowValidity['reason'], detail: string): WindowValidity => ({
    ...{ ok: reason === null, reason, detail, ageMs, filled, filledRecently },
  });
  if (ageMs > STALE_AFTER_MS) {
    const minutes = (ageMs / MINUTE_MS).toFixed(0);
    return judged(
      'STALE',
      `The newest closed candle closed ${minutes} minutes ago; more than 30 is too old.`,
    );
  }
  const due = fundingDue(funding);
  if (due <= newest.openTime && due > fundingKnownTo) {
    return judged('STALE', `The funding rate that was due at ${new Date(due).toISOString()} is not known.`);
  }
  if (filledRecently > 0) {
    return judged(
      'GAP',
      `${filledRecently} of the last ${RECENT_CANDLES} candles are missing at the exchange; none may be.`,
    );
  }
  if (filled > MAX_FILLED_CANDLES) {
    return judged(
      'GAP',
      `${filled} of the last ${FORECAST_CANDLES} candles are missing at the exchange; ${MAX_FILLED_CANDLES} may be.`,
    );
  }
  return judged(null, 'The candles are complete and new.');
}

/** Filled candles among the `last` ones; by default among those that a forecast depends on. */
export function countFilled(candles: readonly StoredCandle[], last = FORECAST_CANDLES): number {
  return candles.slice(-last).filter(({ filled }) => filled).length;
}

/** When the settlement after the newest known one is due (ms), by the shortest of the last intervals. */
function fundingDue(funding: readonly FundingRate[]): number {
  const times = funding.slice(-4).map(({ time }) => time);
  const newest = times.at(-1);
  if (newest === undefined) return Number.POSITIVE_INFINITY;
  const intervals = times.slice(1).map((time, index) => time - (times[index] as number));
  return newest + Math.min(8 * 60 * 60_000, ...intervals);
}
