/** How the age of a lot is counted: as in training, where rounding runs ahead, or by true time (paper.md#31). */
export type HoldClock = 'training' | 'wall';

/** The rules that an account may set for itself (paper.md#6). */
export interface AccountSettings {
  /** What a signal against the open lots does. */
  readonly opposite: 'flip' | 'hold';
  /** Where a lot is closed whose stop a candle opens beyond: at that open, or at the stop. */
  readonly stopGap: 'open' | 'stop';
  /** The clock of lots that the policy opened. */
  readonly policyHoldClock: HoldClock;
  /** The clock of lots that external signals opened. */
  readonly externalHoldClock: HoldClock;
  /** Whether funding is paid and received. */
  readonly funding: boolean;
  /** Most lots at a time, 1..10. */
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
  /** Least confidence of an external signal, 0..100. */
  readonly minConfidence: number;
}

/** What a live account trades by unless it says otherwise. */
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

/** What the policies were trained by: no funding, no kill switch, stops at the stop, opposite signals ignored. */
export const TRAINING_SETTINGS: AccountSettings = {
  ...DEFAULT_SETTINGS,
  opposite: 'hold',
  stopGap: 'stop',
  funding: false,
  killLevel: 0,
};
