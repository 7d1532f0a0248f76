import type { DecisionCounts } from '../accounts/result-rows-repository.ts';

export const NO_DECISIONS: DecisionCounts = { candles: 0, decided: 0 };

/** Below this share of decided candles every ratio says so (statistics.md#26). */
const FULL_SHARE = 0.95;

export function addCounts(one: DecisionCounts, other: DecisionCounts): DecisionCounts {
  return { candles: one.candles + other.candles, decided: one.decided + other.decided };
}

/** The share of candles that were decided on; null without a candle. */
export function decidedShare({ candles, decided }: DecisionCounts): number | null {
  return candles === 0 ? null : decided / candles;
}

/** Whether so few candles were decided on that ratios are those of another strategy. */
export function isPartlyDecided(counts: DecisionCounts): boolean {
  const share = decidedShare(counts);
  return share !== null && share < FULL_SHARE;
}
