import type { Decision } from '../../decisions/decide.ts';
import type { ModelPackage } from '../../packages/model-package.ts';
import { accountIdOf } from '../../packages/package-id.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import type { Gate } from '../../trading/gates.ts';
import type { OrderProposal } from '../../trading/propose-order.ts';
import type { SignalAnswer } from './schema.ts';

type Stats = SignalAnswer['current_stats'];

/** The fields of a signal that took no decision and changed nothing. */
const UNDECIDED = {
  ...{ signal: null, confidence: null, sentiment: null, decided: false, action: 'HOLD' },
  ...{ opened_position: null, closed_positions: [], as_of: null },
} satisfies Partial<SignalAnswer>;

/** The signal of an account whose package did not decide. */
export function answerWithoutDecision(
  account: { readonly modelId: string; readonly model: ModelPackage | null; readonly symbol: string },
  gate: Gate,
  stats: Stats,
  marketSource: string,
): SignalAnswer {
  const { modelId, model, symbol } = account;
  return {
    ...UNDECIDED,
    model_id: model === null ? modelId : accountIdOf(model.id),
    symbol,
    reason: gate.reason,
    actions: [gate.sentence],
    warmup_status: model?.warmUpStatus ?? null,
    current_stats: stats,
    market_source: marketSource,
  };
}

/** The decision of a package and the order that it proposes, which is not executed (http.md#15). */
export function answerOfSignal(
  model: ModelPackage,
  decision: Decision,
  order: OrderProposal,
  stats: Stats,
  marketSource: string,
): SignalAnswer {
  const { forecast, action, invalid } = decision;
  return {
    ...UNDECIDED,
    model_id: accountIdOf(model.id),
    symbol: forecast.market.symbol,
    signal: action.direction,
    confidence: action.confidence,
    sentiment: action.sentiment,
    action: invalid === undefined ? order.type : 'HOLD',
    reason: invalid?.reason ?? ('reason' in order ? order.reason : null),
    actions: [invalid?.detail ?? orderSentence(order, action.action[0]!)],
    warmup_status: model.warmUpStatus,
    current_stats: stats,
    as_of: isoTime(forecast.asOf),
    market_source: marketSource,
  };
}

/** @param direction first number of the action, -1 (short) to 1 (long) */
function orderSentence(order: OrderProposal, direction: number): string {
  if ('lot' in order) {
    const { side, notional, leverage, fill, stopLoss, takeProfit } = order.lot;
    return (
      `A ${side} lot of ${notional.toFixed(2)} USDT at ${leverage}x would open at about ${fill.toFixed(2)}, ` +
      `stop ${stopLoss.toFixed(2)}, target ${takeProfit.toFixed(2)}.`
    );
  }
  if (order.type === 'CLOSE') {
    return `The ${order.closes} lots would be closed; no new lot could be opened (${order.reason}).`;
  }
  if (order.reason === 'FLAT') {
    return `No order: the policy's direction ${direction.toFixed(2)} is between -0.33 and 0.33, which means FLAT.`;
  }
  return `No order (${order.reason}).`;
}
