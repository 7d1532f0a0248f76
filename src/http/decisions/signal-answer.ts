import type { z } from 'zod';
import type { Decision } from '../../decisions/decide.ts';
import type { ModelPackage } from '../../packages/model-package.ts';
import { accountIdOf } from '../../packages/package-id.ts';
import { quantilesAt } from '../../pipeline/forecast-trend.ts';
import type { OrderProposal } from '../../trading/propose-order.ts';
import { isoTime } from '../shared/time-schema.ts';
import { roundedTimings } from './inference-answer.ts';
import type { mlSignalAnswer, signalAnswer } from './schema.ts';

type SignalAnswer = z.infer<typeof signalAnswer>;
type MlSignalAnswer = z.infer<typeof mlSignalAnswer>;

/** Reasons for which no model is asked. */
export type WithoutDecision = 'KILLED' | 'PAUSED' | 'ARCHIVED' | 'NO_MODEL' | 'WARMUP';

const SENTENCES: Readonly<Record<Exclude<WithoutDecision, 'WARMUP'>, string>> = {
  KILLED: 'The kill switch stopped this account; reset it to trade again.',
  PAUSED: 'The account is paused; its exits go on.',
  ARCHIVED: 'The package is archived and is not traded.',
  NO_MODEL: 'The account has no package; it takes external signals only.',
};

/** The decision where no model is asked, with the reason and its sentence. */
export function answerWithoutDecision(
  modelId: string,
  model: ModelPackage | null,
  symbol: string,
  reason: WithoutDecision,
  marketSource: string,
): SignalAnswer {
  return {
    model_id: model === null ? modelId : accountIdOf(model.id),
    symbol,
    signal: null,
    confidence: null,
    sentiment: null,
    decided: false,
    action: 'HOLD',
    reason,
    actions: [
      reason === 'WARMUP' && model !== null
        ? warmUpSentence(model)
        : SENTENCES[reason as keyof typeof SENTENCES],
    ],
    opened_position: null,
    closed_positions: [],
    warmup_status: model?.warmUpStatus ?? null,
    current_stats: null,
    as_of: null,
    market_source: marketSource,
  };
}

function warmUpSentence(model: ModelPackage): string {
  if (model.warmUpStatus === 'ERROR') return `${model.id} could not be warmed up: ${model.warmUpError}`;
  return `${model.id} is being warmed up (${model.warmUpStatus}); nothing is traded until that is DONE.`;
}

/** A decision as `GET /paper/signal` shows it: what would be done, without doing it. */
export function answerOfSignal(
  model: ModelPackage,
  decision: Decision,
  order: OrderProposal,
  marketSource: string,
): SignalAnswer {
  const { forecast, action, invalid } = decision;
  const reason = invalid?.reason ?? ('reason' in order ? order.reason : null);
  return {
    model_id: accountIdOf(model.id),
    symbol: forecast.market.symbol,
    signal: action.direction,
    confidence: action.confidence,
    sentiment: action.sentiment,
    decided: false,
    action: invalid === undefined ? order.type : 'HOLD',
    reason,
    actions: [invalid?.detail ?? orderSentence(order, action.action[0]!)],
    opened_position: null,
    closed_positions: [],
    warmup_status: model.warmUpStatus,
    current_stats: null,
    as_of: isoTime(forecast.asOf),
    market_source: marketSource,
  };
}

/** An order, in words; `tendency` is the first number of the action, -1 (short) to 1 (long). */
function orderSentence(order: OrderProposal, tendency: number): string {
  if ('lot' in order) {
    const { side, notional, leverage, fill, stopLoss, takeProfit } = order.lot;
    return (
      `A ${side} lot of ${notional.toFixed(2)} USDT at ${leverage}x would open at about ${fill.toFixed(2)}, ` +
      `stop ${stopLoss.toFixed(2)}, target ${takeProfit.toFixed(2)}.`
    );
  }
  if (order.type === 'CLOSE') {
    return `The ${order.closes} lots would be closed; no new one may open (${order.reason}).`;
  }
  if (order.reason === 'FLAT') {
    return `Nothing would be done: the policy's direction ${tendency.toFixed(2)} lies between -0.33 and 0.33, which is flat.`;
  }
  return `Nothing would be done (${order.reason}).`;
}

/** A decision with its whole forecast, in the older form. */
export function answerOfMlSignal(
  model: ModelPackage,
  decision: Decision,
  marketSource: string,
): MlSignalAnswer {
  const { forecast, action, invalid } = decision;
  return {
    model_id: accountIdOf(model.id),
    symbol: forecast.market.symbol,
    signal: action.direction,
    confidence: action.confidence,
    sentiment: action.sentiment,
    current_price: forecast.window.lastCandle.close,
    probabilities: percentages(action.probabilities),
    action_raw: [...action.action],
    forecast_values: forecastValues(forecast.quantiles),
    timestamp: isoTime(forecast.asOf),
    diagnostics: {
      valid: invalid === undefined,
      reason: invalid?.reason ?? null,
      detail: invalid?.detail ?? null,
      strength: action.strength,
      leverage: action.leverage,
      size_pct: action.sizePct,
      stop_atr_multiple: action.stopAtrMultiple,
      target_atr_multiple: action.targetAtrMultiple,
      atr_14: forecast.window.atr14,
      account_vector: [...decision.account],
      forecast_quantiles: [...model.manifest.forecast_quantiles],
      warmup_status: model.warmUpStatus,
      timings_ms: roundedTimings(decision.timingsMs),
      market_source: marketSource,
    },
  };
}

/** Quantiles, row-major [192, 3], as rows of low, mid and high. */
export function forecastValues(quantiles: ArrayLike<number>): [number, number, number][] {
  return Array.from({ length: quantiles.length / 3 }, (_, index) => {
    const { low, mid, high } = quantilesAt(quantiles, index + 1);
    return [low, mid, high];
  });
}

/** Hundredths of a percent that sum to exactly 100: flat takes what rounding leaves. */
function percentages({ long, short }: Decision['action']['probabilities']): MlSignalAnswer['probabilities'] {
  const [longParts, shortParts] = [long, short].map((share) => Math.round(share * 10_000)) as [
    number,
    number,
  ];
  return { long: longParts / 100, flat: (10_000 - longParts - shortParts) / 100, short: shortParts / 100 };
}
