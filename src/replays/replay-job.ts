import type { ErrorCode } from '../errors.ts';
import type { ForecastQuality } from '../statistics/forecast-quality.ts';
import type { Performance } from '../statistics/performance.ts';
import type { AccountStatus } from '../trading/account.ts';
import type { AccountPipeline } from '../trading/account-pipeline.ts';
import type { AccountSettings } from '../trading/settings.ts';

export type ReplayState = 'QUEUED' | 'RUNNING' | 'DONE' | 'CANCELLED' | 'FAILED';
export type ReplayPhase = 'LOADING' | 'DECIDING' | 'CHECKING' | 'EVALUATING';

/** What a replay does otherwise than the replay it belongs to (statistics.md#70). */
export interface Counterfactual {
  /** Id of that replay. */
  readonly of: string;
  readonly kind: 'no_stops' | 'sign_of_median' | 'random_entries';
  /** Number of the random account, from 0; null for other kinds. */
  readonly k: number | null;
}

/** What to replay. Times in ms, money in quote currency. */
export interface ReplayOrder {
  /** Also the id of its account. */
  readonly id: string;
  readonly packageId: string;
  readonly packageVersion: string;
  readonly symbol: string;
  readonly marketSource: 'live' | 'recorded';
  readonly label: string | null;
  /** Open time of the first decision candle, and close time of the last. */
  readonly from: number;
  readonly to: number;
  readonly settings: AccountSettings;
  readonly pipeline: AccountPipeline;
  readonly initialBalance: number;
  /** Null for ordinary replays. */
  readonly counterfactual: Counterfactual | null;
}

/** A quantity that a candle alone and the replay do not agree on. A number that is not finite is a text. */
export interface Difference {
  /** For example `features.rsi_14` or `order.margin`. */
  readonly quantity: string;
  readonly alone: number | string | null;
  readonly inReplay: number | string | null;
}

/** Whether decisions of a replay depend on what came after them (statistics.md#90). */
export interface LookAhead {
  readonly candlesChecked: number;
  readonly candlesEqual: number;
  /** Of the oldest candle that differs. */
  readonly firstDifference: (Difference & { /** Its close time, ms. */ readonly candle: number }) | null;
}

/**
 * To be raised with every change of what results are: those of an older form are computed again from what is stored
 * (renew-results.ts).
 */
export const RESULTS_FORM = 3;

/** The results of a finished replay. */
export interface ReplayResults {
  readonly status: AccountStatus;
  readonly wallet: number;
  readonly freeBalance: number;
  /** Marked at the last close. */
  readonly equity: number;
  readonly openLots: number;
  readonly openMargin: number;
  readonly performance: Performance;
  /** Counts of decision rows by the reason that no lot was opened, or by the action if one was. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Both null for counterfactuals: they have no forecasts of their own. */
  readonly quality: ForecastQuality | null;
  readonly lookAhead: LookAhead | null;
  /** Models that were trained before this one was chosen; null where the manifest does not say it. */
  readonly declaredTrials: number | null;
}

/** A replay and its progress. */
export interface Replay extends ReplayOrder {
  /** How many candles may be decided on; null for all. */
  readonly decidedCandles: number | null;
  readonly state: ReplayState;
  readonly phase: ReplayPhase | null;
  /** Decision candles traded, and how many of them lacked intrabar candles. */
  readonly done: number;
  readonly incomplete: number;
  /** Forecasts that were computed, and those that were stored or cached. */
  readonly forecastsComputed: number;
  readonly forecastsKnown: number;
  readonly results: ReplayResults | null;
  readonly error: { readonly code: ErrorCode; readonly detail: string } | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

/** Number of decision candles in a replay. */
export function decisionCandlesIn({
  from,
  to,
  pipeline,
}: Pick<ReplayOrder, 'from' | 'to' | 'pipeline'>): number {
  return (to - from) / pipeline.decisionMs;
}

/** Whether the replay ended without results. */
export function hasFailed({ state }: Pick<Replay, 'state'>): boolean {
  return state === 'FAILED' || state === 'CANCELLED';
}

/** Whether the replay will not change any more. */
export function isFinished({ state }: Pick<Replay, 'state'>): boolean {
  return state !== 'QUEUED' && state !== 'RUNNING';
}
