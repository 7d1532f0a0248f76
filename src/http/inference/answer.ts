import type { Decision } from '../../decisions/decide.ts';
import { shownQuantiles } from '../../decisions/package-forecast.ts';
import type { ModelPackage } from '../../packages/model-package.ts';
import { forecastTrend, quantileSummary } from '../../pipeline/forecast-trend.ts';
import { finiteOrNull } from '../../statistics/finite-number.ts';
import type { OrderProposal, ProposedLot } from '../../trading/propose-order.ts';
import { answerOfCandle } from '../market/answer.ts';
import { roundTimings } from '../shared/timings.ts';
import type { InferenceAnswer } from './schema.ts';

/** A decision and the order that it proposes (http.md#13). */
export function answerOfInference(
  modelId: string,
  { pipeline }: Pick<ModelPackage, 'pipeline'>,
  decision: Decision,
  order: OrderProposal,
  marketSource: string,
): InferenceAnswer {
  const { forecast, action, invalid } = decision;
  const quantiles = shownQuantiles(forecast);
  return {
    action: answerOfOrder(invalid === undefined ? order : { type: 'HOLD' }),
    confidence: action.confidence,
    debug: {
      forecast_trend: forecastTrend(quantiles),
      feature_validity: invalid === undefined,
      feature_validity_reason: invalid?.reason ?? null,
      feature_validity_detail: invalid?.detail ?? null,
      reason: invalid?.reason ?? ('reason' in order ? order.reason : null),
      last_candle: answerOfCandle(forecast.window.lastCandle, pipeline.decisionTimeframe),
      account_vector: Array.from(decision.account, finiteOrNull),
      raw_action: [...action.action],
      strength: action.strength,
      quantile_summary: Object.fromEntries(
        quantileSummary(quantiles, pipeline).map(({ step, ...values }) => [step, values]),
      ),
      timings_ms: roundTimings(decision.timingsMs),
      model_id: modelId,
      market_source: marketSource,
    },
  };
}

const NO_LOT = {
  side: null,
  size_usdt: null,
  margin_usdt: null,
  leverage: null,
  stop_loss: null,
  take_profit: null,
};

function answerOfOrder(order: OrderProposal | { readonly type: 'HOLD' }): InferenceAnswer['action'] {
  return { type: order.type, ...('lot' in order ? answerOfLot(order.lot) : NO_LOT) };
}

/** A lot that an order would open. */
export function answerOfLot(lot: ProposedLot) {
  return {
    side: lot.side,
    size_usdt: lot.notional,
    margin_usdt: lot.margin,
    leverage: lot.leverage,
    stop_loss: lot.stopLoss,
    take_profit: lot.takeProfit,
  };
}
