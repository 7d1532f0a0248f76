import type { Decision } from '../decisions/decide.ts';
import { quantileSummary } from '../inference/forecast-trend.ts';
import type { Signal } from './take-decision.ts';

/** What a package decided, as accounts take it, with all that it was decided from. */
export function policySignal({ forecast, account, action, timingsMs }: Decision): Signal {
  return {
    source: 'policy',
    action,
    evidence: {
      inputsHash: forecast.market.revision,
      quantiles: quantileSummary(forecast.quantiles),
      rawAction: action.action,
      accountVector: [...account],
      timingsMs,
    },
  };
}
