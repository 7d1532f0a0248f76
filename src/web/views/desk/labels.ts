import type { DecisionRowAnswer } from '../../../http/decisions/schema.ts';
import type { LedgerAnswer } from '../../../http/ledger/schema.ts';
import type { PositionAnswer } from '../../../http/positions/schema.ts';
import { signedPercent } from '../../format/numbers.ts';

type Reason = NonNullable<DecisionRowAnswer['reason']>;

/** Why no position was opened on a candle (paper.md#13). */
export const REASON_LABELS: Readonly<Record<Reason, string>> = {
  KILLED: 'kill switch',
  PAUSED: 'account paused',
  ARCHIVED: 'package archived',
  NO_MODEL: 'no package available',
  WARMUP: 'package not warmed up',
  STALE: 'market data too old',
  GAP: 'candles missing',
  INVALID_FEATURES: 'invalid features',
  FLAT: 'flat signal',
  LOW_CONFIDENCE: 'confidence too low',
  OPPOSITE: 'opposite to the open lots',
  MAX_POSITIONS: 'maximum number of lots open',
  EXPOSURE: 'exposure limit reached',
  MIN_SIZE: 'margin not above 1 USDT',
  BALANCE: 'free balance too small',
  MISSED: 'not polled in time',
};

/** What the reader can do about a reason. */
export const REASON_REMEDIES: Readonly<Partial<Record<Reason, string>>> = {
  KILLED: 'Reset the account to trade again.',
  PAUSED: 'Resume the account to trade again.',
  ARCHIVED: 'Restore the package to trade again.',
  STALE: 'System shows the state of market and exchange.',
  GAP: 'System lists the missing candles.',
  MISSED: 'The loop has to poll at least once per decision candle.',
};

export const ACTION_LABELS: Readonly<Record<DecisionRowAnswer['action'], string>> = {
  OPEN_LONG: 'Opened long',
  OPEN_SHORT: 'Opened short',
  CLOSE: 'Closed',
  FLIP: 'Flipped',
  HOLD: 'Held',
};

export const CLOSE_LABELS: Readonly<Record<NonNullable<PositionAnswer['close_reason']>, string>> = {
  LIQUIDATION: 'Liquidation',
  STOP_LOSS: 'Stop',
  TAKE_PROFIT: 'Target',
  TIME_LIMIT: 'Time limit',
  FLIP: 'Flip',
  SIGNAL: 'Opposite signal',
  MANUAL: 'Manual',
  KILLED: 'Kill switch',
  RESET: 'Reset',
};

/** How a lot ended, for example `Stop`; the code of the service for one that the page does not know. */
export function closeLabel(reason: string): string {
  return CLOSE_LABELS[reason as keyof typeof CLOSE_LABELS] ?? reason;
}

export const LEDGER_LABELS: Readonly<Record<LedgerAnswer['items'][number]['kind'], string>> = {
  entry_fee: 'Entry fee',
  exit_fee: 'Exit fee',
  realised_pnl: 'Realized PnL',
  funding: 'Funding',
  liquidation: 'Liquidation',
  reset: 'Reset',
  edit: 'Stop or target moved',
};

export const ORIGIN_LABELS: Readonly<Record<PositionAnswer['origin'], string>> = {
  policy: 'Policy',
  external: 'External signal',
  manual: 'Manual',
};

/** A log return as a price change: `+1.20 %`. */
export function priceChange(logReturn: number): string {
  return signedPercent(Math.expm1(logReturn) * 100);
}
