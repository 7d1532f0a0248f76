import type { Decision } from '../../decisions/decide.ts';
import { shownQuantiles } from '../../decisions/package-forecast.ts';
import type { ModelPackage } from '../../packages/model-package.ts';
import { accountIdOf } from '../../packages/package-id.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import { snakeKeys } from '../../runtime/key-case.ts';
import { finiteOrNull } from '../../statistics/finite-number.ts';
import { forecastRows } from '../forecasts/answer.ts';
import { roundTimings } from '../shared/timings.ts';
import type { MlSignalAnswer } from './schema.ts';

/** A decision with its whole forecast, in the older form (http.md#15). */
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
    forecast_values: forecastRows(shownQuantiles(forecast)),
    timestamp: isoTime(forecast.asOf),
    diagnostics: {
      valid: invalid === undefined,
      reason: invalid?.reason ?? null,
      detail: invalid?.detail ?? null,
      ...snakeKeys(action),
      atr_14: finiteOrNull(forecast.window.atr14),
      account_vector: Array.from(decision.account, finiteOrNull),
      forecast_quantiles: [...model.manifest.forecast_quantiles],
      warmup_status: model.warmUpStatus,
      timings_ms: roundTimings(decision.timingsMs),
      market_source: marketSource,
    },
  };
}

/** Percentages of two decimals that sum to exactly 100: `flat` takes the rounding difference. */
function percentages(probabilities: Decision['action']['probabilities']): MlSignalAnswer['probabilities'] {
  const long = Math.round(probabilities.long * 10_000);
  const short = Math.round(probabilities.short * 10_000);
  return { long: long / 100, flat: (10_000 - long - short) / 100, short: short / 100 };
}
