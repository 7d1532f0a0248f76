import type { ErrorCode } from '../errors.ts';
import type { ForecastQuality } from '../statistics/forecast-quality.ts';
import type { Performance } from '../statistics/performance.ts';
import type { AccountStatus } from '../trading/account.ts';
import { DECISION_CANDLE_MS } from '../trading/candle-times.ts';
import type { AccountSettings } from '../trading/settings.ts';

export type ReplayState = 'QUEUED' | 'RUNNING' | 'DONE' | 'CANCELLED' | 'FAILED';
export type ReplayPhase = 'LOADING' | 'DECIDING' | 'EVALUATING';

/** What is replayed. Times in ms, money in quote currency. */
export interface ReplayOrder {
  /** Also the id of its account. */
  readonly id: string;
  readonly packageId: string;
  readonly packageVersion: string;
  readonly symbol: string;
  readonly marketSource: 'live' | 'recorded';
  readonly label: string | null;
  /** Open time of the first quarter, and close time of the last. */
  readonly from: number;
  readonly to: number;
  readonly settings: AccountSettings;
  readonly initialBalance: number;
}

/** What came of one. */
export interface ReplayResults {
  readonly status: AccountStatus;
  readonly wallet: number;
  readonly freeBalance: number;
  /** Marked at the last close. */
  readonly equity: number;
  readonly openLots: number;
  readonly openMargin: number;
  readonly performance: Performance;
  /** Rows of candles by the reason why no lot was opened, or the action where one was. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly quality: ForecastQuality;
}

/** A replay as it stands. */
export interface Replay extends ReplayOrder {
  /** How many candles may be decided on; null for every one. */
  readonly decidedCandles: number | null;
  readonly state: ReplayState;
  readonly phase: ReplayPhase | null;
  /** Quarters lived through, and how many of those lacked 3m candles. */
  readonly done: number;
  readonly incomplete: number;
  /** Forecasts that had to be computed, and those that were known. */
  readonly forecastsComputed: number;
  readonly forecastsKnown: number;
  readonly results: ReplayResults | null;
  readonly error: { readonly code: ErrorCode; readonly detail: string } | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

/** Quarters of an hour that a replay lives through in all. */
export function decisionCandlesIn({ from, to }: Pick<ReplayOrder, 'from' | 'to'>): number {
  return (to - from) / DECISION_CANDLE_MS;
}

/** Whether nothing will change about it any more. */
export function isFinished({ state }: Pick<Replay, 'state'>): boolean {
  return state !== 'QUEUED' && state !== 'RUNNING';
}
