/** What the operator wants of a package's weights; `default` is what the setting MODEL_WEIGHTS says. */
export type WantedWeights = 'default' | 'float32' | 'int8';

/** How the compact form of a package fared against its float32 weights, on windows of the market. */
export interface CompactTrial {
  /** Whether forecasts are computed with it from now on. */
  readonly used: boolean;
  /** Why it is not used, as a sentence. */
  readonly reason: string | null;
  /** Of the worst window: mean difference of its 576 numbers, as a share of the mean width of its band. */
  readonly error: number | null;
  /** The largest difference of a single number, as a share of the same. */
  readonly largestError: number | null;
  readonly windows: number;
  /** Of one forecast, the fastest one; null where there is none. */
  readonly float32Ms: number | null;
  readonly int8Ms: number | null;
}

/** The settings by which a package's weights are chosen. */
export interface WeightRule {
  readonly weights: 'auto' | 'float32' | 'int8';
  readonly memoryBudgetBytes: number;
}

/** A forecaster with a larger share of the memory budget than this gets 8-bit weights by itself. */
const LARGE_SHARE = 1 / 4;

/** Whether a package's weights are to be 8-bit numbers, provided that their trial goes well. */
export function wantsCompact(
  { weightsWanted, forecastBytes }: { weightsWanted: WantedWeights; forecastBytes: number },
  rule: WeightRule,
): boolean {
  const wanted = weightsWanted === 'default' ? rule.weights : weightsWanted;
  if (wanted !== 'auto') return wanted === 'int8';
  return forecastBytes > rule.memoryBudgetBytes * LARGE_SHARE;
}
