import type { DecisionRecord } from '../../trading/decision-record.ts';
import { isoTime } from '../shared/times.ts';
import { roundTimings } from '../shared/timings.ts';
import type { DecisionRowAnswer } from './schema.ts';

export function answerOfDecision(row: DecisionRecord): DecisionRowAnswer {
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
    order: row.order && answerOfOrder(row.order),
    evidence: row.evidence && answerOfEvidence(row.evidence),
  };
}

function answerOfOrder(order: NonNullable<DecisionRecord['order']>): DecisionRowAnswer['order'] {
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

function answerOfEvidence(evidence: NonNullable<DecisionRecord['evidence']>): DecisionRowAnswer['evidence'] {
  return {
    inputs_hash: evidence.inputsHash,
    quantiles: evidence.quantiles.map((quantiles) => ({ ...quantiles })),
    raw_action: [...evidence.rawAction],
    account_vector: [...evidence.accountVector],
    timings_ms: roundTimings(evidence.timingsMs),
  };
}
