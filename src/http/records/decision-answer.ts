import type { z } from 'zod';
import type { DecisionRecord } from '../../trading/decision-record.ts';
import type { decisionRow } from '../accounts/schema.ts';
import { roundedTimings } from '../decisions/inference-answer.ts';
import { isoTime } from '../shared/time-schema.ts';

type DecisionRow = z.infer<typeof decisionRow>;

/** The row of a candle as logs of decisions show it. */
export function answerOfDecision(row: DecisionRecord): DecisionRow {
  return {
    as_of: isoTime(row.asOf),
    epoch: row.epoch,
    decided: row.decided,
    source: row.source,
    signal: row.signal,
    confidence: row.confidence,
    sentiment: row.sentiment,
    action: row.action,
    reason: row.reason,
    actions: [...row.sentences],
    position_id: row.lotId,
    order: row.order && orderAnswer(row.order),
    evidence: row.evidence && evidenceAnswer(row.evidence),
  };
}

function orderAnswer(order: NonNullable<DecisionRecord['order']>): DecisionRow['order'] {
  return {
    side: order.side,
    fill_price: order.fill,
    size_usdt: order.notional,
    margin_usdt: order.margin,
    leverage: order.leverage,
    stop_loss: order.stopLoss,
    take_profit: order.takeProfit,
    fee_usdt: order.fee,
  };
}

function evidenceAnswer(evidence: NonNullable<DecisionRecord['evidence']>): DecisionRow['evidence'] {
  return {
    inputs_hash: evidence.inputsHash,
    quantiles: evidence.quantiles.map((quantiles) => ({ ...quantiles })),
    raw_action: [...evidence.rawAction],
    account_vector: [...evidence.accountVector],
    timings_ms: roundedTimings(evidence.timingsMs),
  };
}
