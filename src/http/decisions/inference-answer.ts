import type { z } from 'zod';
import type { Decision } from '../../decisions/decide.ts';
import { forecastTrend, quantileSummary } from '../../pipeline/forecast-trend.ts';
import type { OrderProposal, ProposedLot } from '../../trading/propose-order.ts';
import { answerOfCandle } from '../market/candle-schema.ts';
import type { inferenceAnswer } from './schema.ts';

type InferenceAnswer = z.infer<typeof inferenceAnswer>;

/** A decision and the order it becomes, as `POST /paper/inference/v3` answers it. */
export function answerOfInference(
  modelId: string,
  decision: Decision,
  order: OrderProposal,
  marketSource: string,
): InferenceAnswer {
  const { forecast, action, invalid } = decision;
  return {
    action: orderAnswer(invalid === undefined ? order : { type: 'HOLD' }),
    confidence: action.confidence,
    debug: {
      forecast_trend: forecastTrend(forecast.quantiles),
      feature_validity: {
        valid: invalid === undefined,
        reason: invalid?.reason ?? null,
        detail: invalid?.detail ?? null,
      },
      reason: invalid?.reason ?? ('reason' in order ? order.reason : null),
      last_candle: answerOfCandle(forecast.window.lastCandle, '15m'),
      account_vector: [...decision.account],
      raw_action: [...action.action],
      strength: action.strength,
      quantile_summary: Object.fromEntries(
        quantileSummary(forecast.quantiles).map(({ step, ...quantiles }) => [step, quantiles]),
      ),
      timings_ms: roundedTimings(decision.timingsMs),
      model_id: modelId,
      market_source: marketSource,
    },
  };
}

/** Times rounded to a microsecond: more digits say nothing. */
export function roundedTimings(timings: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(timings).map(([stage, ms]) => [stage, Math.round(ms * 1000) / 1000]),
  );
}

function orderAnswer(order: OrderProposal | { readonly type: 'HOLD' }): InferenceAnswer['action'] {
  if ('lot' in order) return { type: order.type, ...lotAnswer(order.lot) };
  return {
    type: order.type,
    side: null,
    size_usdt: null,
    margin_usdt: null,
    leverage: null,
    stop_loss: null,
    take_profit: null,
  };
}

function lotAnswer(lot: ProposedLot) {
  return {
    side: lot.side,
    size_usdt: lot.notional,
    margin_usdt: lot.margin,
    leverage: lot.leverage,
    stop_loss: lot.stopLoss,
    take_profit: lot.takeProfit,
  };
}
