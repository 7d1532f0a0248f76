import type { DecisionRowAnswer, LedgerAnswer, PositionAnswer } from '../../../http/accounts/schema.ts';

type Reason = NonNullable<DecisionRowAnswer['reason']>;

/** Why no position was opened on a candle, in a few words. */
export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  KILLED: 'stopped by the kill switch',
  PAUSED: 'the account is paused',
  ARCHIVED: 'the package is archived',
  NO_MODEL: 'no package could be asked',
  WARMUP: 'the package is not warmed up yet',
  STALE: 'the market data is too old',
  GAP: 'candles are missing',
  INVALID_FEATURES: 'the features cannot be used',
  FLAT: 'the signal is flat',
  LOW_CONFIDENCE: 'the confidence is too low',
  OPPOSITE: 'against the open lots, which are held',
  MAX_POSITIONS: 'as many lots open as allowed',
  EXPOSURE: 'margins use up the exposure',
  MIN_SIZE: 'the margin would be 1 USDT or less',
  BALANCE: 'the free balance is too small',
  MISSED: 'nobody polled in time',
};

/** What is to be done about it, where that is the reader's. */
export const REASON_REMEDIES: Readonly<Partial<Record<Reason, string>>> = {
  KILLED: 'Reset the account to trade again.',
  PAUSED: 'Resume it to let it decide again.',
  ARCHIVED: 'Restore the package to let it decide again.',
  STALE: 'System shows what the market and the exchange lack.',
  GAP: 'System lists the missing candles.',
  MISSED: 'The loop has to poll in every quarter of an hour.',
};

export const ACTION_WORDS: Readonly<Record<DecisionRowAnswer['action'], string>> = {
  OPEN_LONG: 'Opened long',
  OPEN_SHORT: 'Opened short',
  CLOSE: 'Closed',
  FLIP: 'Flipped',
  HOLD: 'Held',
};

export const CLOSE_WORDS: Readonly<Record<NonNullable<PositionAnswer['close_reason']>, string>> = {
  LIQUIDATION: 'Liquidated',
  STOP_LOSS: 'Stop',
  TAKE_PROFIT: 'Target',
  TIME_LIMIT: 'Time limit',
  FLIP: 'Flip',
  SIGNAL: 'Opposite signal',
  MANUAL: 'By hand',
  KILLED: 'Kill switch',
  RESET: 'Reset',
};

export const LEDGER_WORDS: Readonly<Record<LedgerAnswer['items'][number]['kind'], string>> = {
  entry_fee: 'Entry fee',
  exit_fee: 'Exit fee',
  realised_pnl: 'Realised PnL',
  funding: 'Funding',
  liquidation: 'Liquidation',
  reset: 'Reset',
};

export const ORIGIN_WORDS: Readonly<Record<PositionAnswer['origin'], string>> = {
  policy: 'Policy',
  external: 'External signal',
  manual: 'By hand',
};
