import type { DecodedAction, Sentiment } from '../pipeline/decode-action.ts';
import type { DecisionEvidence, DecisionRecord } from './decision-record.ts';
import type { FixedIntent, OrderIntent } from './propose-order.ts';
import { type AccountSettings, defaultTerms } from './settings.ts';

type Direction = DecodedAction['direction'];

/** What the policy decided, or what a poll sent (paper.md#21). */
export type Signal =
  | {
      readonly source: 'policy';
      readonly action: OrderIntent & Pick<DecodedAction, 'confidence' | 'sentiment'>;
      readonly evidence: DecisionEvidence | null;
    }
  | {
      readonly source: 'external';
      readonly direction: Direction;
      /** 0..100. */
      readonly confidence: number;
    };

const SENTIMENTS: Readonly<Record<Direction, Sentiment>> = {
  LONG: 'bullish',
  SHORT: 'bearish',
  FLAT: 'neutral',
};

/** The order that a signal requests; external ones use the account's defaults. */
export function intentOf(signal: Signal, settings: AccountSettings): OrderIntent | FixedIntent {
  if (signal.source === 'policy') return signal.action;
  return {
    direction: signal.direction,
    margin: { equityShare: settings.defaultMarginShare },
    ...defaultTerms(settings),
  };
}

/** The columns of a decision row that describe the signal. */
export function signalColumns(
  signal: Signal,
): Pick<DecisionRecord, 'source' | 'signal' | 'confidence' | 'sentiment' | 'evidence'> {
  if (signal.source === 'policy') {
    const { direction, confidence, sentiment } = signal.action;
    return { source: 'policy', signal: direction, confidence, sentiment, evidence: signal.evidence };
  }
  const { direction, confidence } = signal;
  return {
    source: 'external',
    signal: direction,
    confidence,
    sentiment: SENTIMENTS[direction],
    evidence: null,
  };
}
