import type { Sentiment } from '../pipeline/decode-action.ts';
import type { QuantileAt } from '../pipeline/forecast-trend.ts';
import type { ProposalReason, ProposedLot } from './propose-order.ts';

/** Why nothing was decided on a candle, in the order of checking (paper.md#13). */
export type GateReason =
  | 'KILLED'
  | 'PAUSED'
  | 'ARCHIVED'
  | 'NO_MODEL'
  | 'WARMUP'
  | 'STALE'
  | 'GAP'
  | 'INVALID_FEATURES';

/** Why a decision opened no lot (paper.md#13). */
export type NoOrderReason = ProposalReason | 'LOW_CONFIDENCE';

export type DecisionReason = GateReason | NoOrderReason | 'MISSED';

/** What a decision was computed from, so that it can be checked. */
export interface DecisionEvidence {
  /** Hash of the candles and funding rates that the features were computed from. */
  readonly inputsHash: string | null;
  readonly quantiles: readonly QuantileAt[];
  readonly rawAction: readonly number[];
  readonly accountVector: readonly number[];
  /** By stage, in ms. */
  readonly timingsMs: Readonly<Record<string, number>>;
}

/** The row of an account and a closed decision candle: a decision, or the reason for none (paper.md#9). */
export interface DecisionRecord {
  readonly accountId: string;
  readonly epoch: number;
  /** Close time of the candle, ms. */
  readonly asOf: number;
  /** Whether a decision was taken, which makes the row final. */
  readonly decided: boolean;
  readonly source: 'policy' | 'external' | null;
  readonly signal: 'LONG' | 'SHORT' | 'FLAT' | null;
  /** 0..100. */
  readonly confidence: number | null;
  readonly sentiment: Sentiment | null;
  readonly action: 'OPEN_LONG' | 'OPEN_SHORT' | 'CLOSE' | 'FLIP' | 'HOLD';
  /** Why no lot was opened; null if one was. */
  readonly reason: DecisionReason | null;
  readonly sentences: readonly string[];
  readonly order: ProposedLot | null;
  readonly lotId: string | null;
  readonly evidence: DecisionEvidence | null;
}

/** The row of a candle without a decision. */
export function undecidedRecord(
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
