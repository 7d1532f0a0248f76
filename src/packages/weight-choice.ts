import type { WeightForm } from '../formats/model-files.ts';

/** The operator's choice for a package; `default` follows the setting MODEL_WEIGHTS. */
export type WeightChoice = 'default' | WeightForm;

/** How 8-bit weights compared with float32 weights on real windows (forecast-and-policy.md#14). */
export interface Int8Trial {
  /** Whether forecasts are computed with 8-bit weights from now on. */
  readonly used: boolean;
  /** Why they are not used, as a sentence. */
  readonly reason: string | null;
  /** Of the worst window: mean difference of its 576 numbers, as a share of the mean width of its band. */
  readonly error: number | null;
  /** The largest difference of a single number, as a share of the same width. */
  readonly largestError: number | null;
  readonly windows: number;
  /** Times of the fastest forecast; null where none was computed. */
  readonly float32Ms: number | null;
  readonly int8Ms: number | null;
}

export interface WeightSettings {
  /** MODEL_WEIGHTS */
  readonly weights: 'auto' | WeightForm;
  readonly memoryBudgetBytes: number;
}

/** `auto` wants 8-bit weights for forecasters with a larger share of the memory budget than this. */
const LARGE_SHARE = 1 / 4;

/** Whether 8-bit weights are wanted for a package; a trial decides whether they are used (packages.md#28). */
export function wantsInt8(
  { weightChoice, forecast }: { weightChoice: WeightChoice; forecast: { readonly size: number } },
  { weights, memoryBudgetBytes }: WeightSettings,
): boolean {
  const choice = weightChoice === 'default' ? weights : weightChoice;
  if (choice !== 'auto') return choice === 'int8';
  return forecast.size > memoryBudgetBytes * LARGE_SHARE;
}
