import { isoTime } from '../../runtime/iso-time.ts';
import { snakeKeys } from '../../runtime/key-case.ts';
import type { DecisionRecord } from '../../trading/decision-record.ts';
import { answerOfLot } from '../inference/answer.ts';
import { roundTimings } from '../shared/timings.ts';
import type { DecisionRowAnswer } from './schema.ts';

export function answerOfDecision(row: DecisionRecord): DecisionRowAnswer {
  const { asOf, order, evidence, ...columns } = row;
  return {
    ...snakeKeys(columns),
    as_of: isoTime(asOf),
    actions: [...row.sentences],
    position_id: row.lotId,
    order: order && { ...answerOfLot(order), fill_price: order.fill, fee_usdt: order.fee },
    evidence: evidence && answerOfEvidence(evidence),
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
