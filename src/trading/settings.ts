import { MINUTE_MS } from '../candle.ts';
import type { AccountPipeline } from './account-pipeline.ts';
import type { FixedIntent } from './propose-order.ts';

const HOUR_MS = 60 * MINUTE_MS;

/** How the age of a lot is counted: as in training, where rounding runs ahead, or by true time (paper.md#31). */
export type HoldClock = 'training' | 'wall';

/** The rules that an account may set for itself (paper.md#6). */
export interface AccountSettings {
  /** What a signal against the open lots does. */
  readonly opposite: 'flip' | 'hold';
  /** Fill of a stop that a candle opens beyond: at that open, or at the stop. */
  readonly stopGap: 'open' | 'stop';
  /** Whether stops and targets are not executed; only counterfactual replays do that (statistics.md#70). */
  readonly ignoresStops?: true;
  /** Clock of lots that the policy opened. */
  readonly policyHoldClock: HoldClock;
  /** Clock of all other lots. */
  readonly externalHoldClock: HoldClock;
  /** Whether funding is paid and received. */
  readonly funding: boolean;
  /** Maximum number of open lots, 1..10. */
  readonly maxPositions: number;
  /** Equity below this share of the initial balance closes all lots and stops the account. */
  readonly killLevel: number;
  /** For external signals and manual orders: leverage, 1..10, and margin as a share of the equity. */
  readonly defaultLeverage: number;
  readonly defaultMarginShare: number;
  /** For the same: returns on margin, in percent, at which a lot is closed. */
  readonly profitTargetPct: number;
  readonly stopLossPct: number;
  /** For the same: hours after which a lot is closed. */
  readonly timeLimitHours: number;
  /** Lowest confidence of an external signal that opens a lot, 0..100. */
  readonly minConfidence: number;
}

export const DEFAULT_SETTINGS: AccountSettings = {
  opposite: 'flip',
  stopGap: 'open',
  policyHoldClock: 'training',
  externalHoldClock: 'wall',
  funding: true,
  maxPositions: 10,
  killLevel: 0.2,
  defaultLeverage: 7,
  defaultMarginShare: 0.02,
  profitTargetPct: 5,
  stopLossPct: 3,
  timeLimitHours: 48,
  minConfidence: 60,
};

/** The rules of the training environment (paper.md#6). */
export const TRAINING_SETTINGS: AccountSettings = {
  ...DEFAULT_SETTINGS,
  opposite: 'hold',
  stopGap: 'stop',
  funding: false,
  killLevel: 0,
};

/** Leverage, stop and target of external signals and manual orders (paper.md#20). */
export function defaultTerms(
  settings: AccountSettings,
): Pick<FixedIntent, 'leverage' | 'stopReturn' | 'targetReturn'> {
  return {
    leverage: settings.defaultLeverage,
    stopReturn: settings.stopLossPct / 100,
    targetReturn: settings.profitTargetPct / 100,
  };
}

/** How long lots of external signals and manual orders are held (paper.md#32). */
export function defaultHoldTime({
  settings,
  pipeline,
}: {
  readonly settings: AccountSettings;
  readonly pipeline: AccountPipeline;
}): {
  readonly holdClock: HoldClock;
  readonly maxSteps: number;
} {
  return {
    holdClock: settings.externalHoldClock,
    maxSteps: (settings.timeLimitHours * HOUR_MS) / pipeline.decisionMs,
  };
}
