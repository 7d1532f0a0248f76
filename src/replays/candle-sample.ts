import type { PackageForecast } from '../decisions/package-forecast.ts';
import type { PaperAccount } from '../trading/account.ts';
import type { DecisionRecord } from '../trading/decision-record.ts';
import { decisionCandlesIn, type ReplayOrder } from './replay-job.ts';

/** What a replay computed on a candle, kept until the look-ahead check computes it again (statistics.md#91). */
export interface CandleSample {
  /** Close time of the candle, ms. */
  readonly asOf: number;
  readonly computed: ComputedCandle;
  /** Null if the policy was not asked. */
  readonly decided: DecidedCandle | null;
}

/** What was computed before the account was involved. */
export interface ComputedCandle {
  /** The features of the candle, as they are and scaled. */
  readonly features: ArrayLike<number>;
  readonly scaled: ArrayLike<number>;
  /** Row-major [horizon, 3]. */
  readonly quantiles: ArrayLike<number>;
  /** Why its window allows no new position; null if it does. */
  readonly windowReason: string | null;
}

/** What the policy and the account made of it. */
export interface DecidedCandle {
  /** The account before the decision. */
  readonly account: Pick<PaperAccount, 'wallet' | 'lots'>;
  /** The open at which an order is filled. It is younger than the candle, so the check takes it as it is. */
  readonly fillPrice: number;
  readonly direction: string;
  readonly leverage: number;
  readonly action: DecisionRecord['action'];
  readonly reason: DecisionRecord['reason'];
  readonly order: DecisionRecord['order'];
}

export function computedCandle({
  window,
  quantiles,
  market,
}: Pick<PackageForecast, 'window' | 'quantiles' | 'market'>): ComputedCandle {
  return {
    features: window.features,
    scaled: window.scaledFeatures,
    quantiles,
    windowReason: market.validity.reason,
  };
}

/** Candles of every replay that are checked, beside those that opened a lot. */
const SPREAD_CANDLES = 200;

/**
 * Close times (ms) of candles spread evenly over those that a replay may decide on, the first and the last among them.
 * @param decided close times of the candles to decide on; null for all
 */
export function spreadCandles(replay: ReplayOrder, decided: readonly number[] | null): ReadonlySet<number> {
  const count = decided?.length ?? decisionCandlesIn(replay);
  const timeAt = (index: number) => decided?.[index] ?? replay.from + index * replay.pipeline.decisionMs;
  const wanted = Math.min(count, SPREAD_CANDLES);
  const spacing = wanted > 1 ? (count - 1) / (wanted - 1) : 0;
  return new Set(Array.from({ length: wanted }, (_, index) => timeAt(Math.round(index * spacing))));
}
