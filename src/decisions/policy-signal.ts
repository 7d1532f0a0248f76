import { quantileSummary } from '../pipeline/forecast-trend.ts';
import type { Signal } from '../trading/signal.ts';
import type { Decision } from './decide.ts';

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
