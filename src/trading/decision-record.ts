import type { Sentiment } from '../pipeline/decode-action.ts';
import type { QuantileAt } from '../pipeline/forecast-trend.ts';
import type { ProposedLot } from './propose-order.ts';

/** Why nothing was decided on a candle (paper.md#13), in the order in which they are asked. */
export type GateReason =
  | 'KILLED'
  | 'PAUSED'
  | 'ARCHIVED'
  | 'NO_MODEL'
  | 'WARMUP'
  | 'STALE'
  | 'GAP'
  | 'INVALID_FEATURES';

/** Why a decision became no order, in the order in which they are asked. */
export type NoOrderReason =
  | 'FLAT'
  | 'LOW_CONFIDENCE'
  | 'OPPOSITE'
  | 'MAX_POSITIONS'
  | 'EXPOSURE'
  | 'MIN_SIZE'
  | 'BALANCE';

export type DecisionReason = GateReason | NoOrderReason | 'MISSED';

/** What a decision was made from, for whoever wants to check it. */
export interface DecisionEvidence {
  /** Names the candles and funding rates that the features were computed from. */
  readonly inputsHash: string | null;
  readonly quantiles: readonly QuantileAt[];
  readonly rawAction: readonly number[];
  readonly accountVector: readonly number[];
  /** By stage, in ms. */
  readonly timingsMs: Readonly<Record<string, number>>;
}

/** The one row of an account and a closed 15-minute candle: a decision, or one reason for none. */
export interface DecisionRecord {
  readonly accountId: string;
  readonly epoch: number;
  /** Close time of the candle, ms. */
  readonly asOf: number;
  /** Whether a decision was taken; then the row is final. */
  readonly decided: boolean;
  readonly source: 'policy' | 'external' | null;
  readonly signal: 'LONG' | 'SHORT' | 'FLAT' | null;
  /** 0..100. */
  readonly confidence: number | null;
  readonly sentiment: Sentiment | null;
  readonly action: 'OPEN_LONG' | 'OPEN_SHORT' | 'CLOSE' | 'FLIP' | 'HOLD';
  /** Why no lot was opened; null where one was. */
  readonly reason: DecisionReason | null;
  readonly sentences: readonly string[];
  readonly order: ProposedLot | null;
  readonly lotId: string | null;
  readonly evidence: DecisionEvidence | null;
}

/** The row of a candle on which nothing was decided. */
export function undecided(
  { id, epoch }: { readonly id: string; readonly epoch: number },
  asOf: number,
  reason: GateReason | 'MISSED',
  sentence: string,
): DecisionRecord {
  return {
    accountId: id,
    epoch,
    asOf,
    decided: false,
    source: null,
    signal: null,
    confidence: null,
    sentiment: null,
    action: 'HOLD',
    reason,
    sentences: [sentence],
    order: null,
    lotId: null,
    evidence: null,
  };
}
