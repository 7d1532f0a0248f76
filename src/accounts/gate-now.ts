import { decisionCandleStart } from '../trading/account-pipeline.ts';
import { type Gate, gateOf } from '../trading/gates.ts';
import { packageOf } from './accounts.ts';
import type { Overview } from './overview.ts';

/**
 * The gate that a poll without a signal of its own would meet at `now` (ms); null if the package would decide, or has decided
 * on the newest candle.
 */
export function gateNow({ stored, account, model, failure }: Overview, now: number): Gate | null {
  const asOf = decisionCandleStart(account.pipeline, now);
  // An overview also executes candles that a poll executes only after its decision.
  const nextCandle = Math.max(stored.account.nextCandle, Math.min(account.nextCandle, asOf));
  const facts = {
    asOf,
    model: packageOf({ stored, model }),
    hasSignal: false,
    marketFailure: failure,
  };
  const gate = gateOf({ ...account, nextCandle }, facts);
  return gate?.reason === 'DECIDED' ? null : gate;
}
