import { quantileSummary } from '../pipeline/forecast-trend.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Signal } from '../trading/signal.ts';
import type { Decision } from './decide.ts';

/** What a package decided, as accounts take it, with all that it was decided from. */
export function policySignal(pipeline: Pipeline, { forecast, account, action, timingsMs }: Decision): Signal {
  return {
    source: 'policy',
    action,
    evidence: {
      inputsHash: forecast.market.revision,
      quantiles: quantileSummary(forecast.quantiles, pipeline),
      rawAction: action.action,
      accountVector: [...account],
      timingsMs,
    },
  };
}
