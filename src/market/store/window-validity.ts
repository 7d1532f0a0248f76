import { type DecisionTimeframe, type FundingRate, type IntrabarTimeframe, MINUTE_MS } from '../../candle.ts';
import type { StoredCandle } from './candle-repository.ts';

/** What a pipeline needs of the market of a symbol. */
export interface MarketPipeline {
  readonly decisionTimeframe: DecisionTimeframe;
  readonly decisionMs: number;
  readonly intrabarTimeframe: IntrabarTimeframe;
  readonly intrabarMs: number;
  /** Closed candles that every decision is computed from. */
  readonly historyCandles: number;
  /** The newest candles that a forecast needs whole. */
  readonly forecastCandles: number;
}

/** The funding of a window begins this much earlier, so that a rate is known at its first candle. */
export const FUNDING_LEAD_MS = 24 * 60 * 60_000;

/** If a newer candle has been due for longer than this, no position is opened (market.md#16). */
const MAX_OVERDUE_MS = 15 * MINUTE_MS;
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

/** How long after its close the newest candle is too old, in ms: 30 minutes for candles of 15 minutes. */
export function staleAfterMs({ decisionMs }: Pick<MarketPipeline, 'decisionMs'>): number {
  return decisionMs + MAX_OVERDUE_MS;
}

/** What a window is judged by. */
interface JudgedWindow {
  readonly candles: readonly StoredCandle[];
  readonly funding: readonly FundingRate[];
  /** Up to when no settlement is missing, in ms. */
  readonly fundingKnownTo: number;
}

/** Judges the candles of a window at `now` (ms). */
export function judgeWindow(
  pipeline: MarketPipeline,
  { candles, funding, fundingKnownTo }: JudgedWindow,
  now: number,
): WindowValidity {
  const { decisionMs, forecastCandles } = pipeline;
  const newest = candles.at(-1);
  if (newest === undefined) throw new Error('A window without candles cannot be judged');
  const ageMs = now - (newest.openTime + decisionMs);
  const filled = countFilled(candles, forecastCandles);
  const filledRecently = countFilled(candles, RECENT_CANDLES);
  const judged = (reason: WindowValidity['reason'], detail: string): WindowValidity => ({
    ...{ ok: reason === null, reason, detail, ageMs, filled, filledRecently },
  });
  const staleMs = staleAfterMs(pipeline);
  if (ageMs > staleMs) {
    const minutes = (ageMs / MINUTE_MS).toFixed(0);
    return judged(
      'STALE',
      `The newest closed candle closed ${minutes} minutes ago; more than ${staleMs / MINUTE_MS} is too old.`,
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
      `${filled} of the last ${forecastCandles} candles are missing at the exchange; ${MAX_FILLED_CANDLES} may be.`,
    );
  }
  return judged(null, 'The candles are complete and new.');
}

/** Filled candles among the `last` ones. */
export function countFilled(candles: readonly StoredCandle[], last: number): number {
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
