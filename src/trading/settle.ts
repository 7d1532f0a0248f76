import type { Candle, FundingRate } from '../candle.ts';
import type { PaperAccount } from './account.ts';
import type { DecisionCandle } from './decision-candle.ts';
import { executeCandle } from './execute-candle.ts';
import { executeDecisionCandle } from './execute-decision-candle.ts';
import { concatOutcomes, draftOutcome, type Outcome } from './outcome.ts';

/** The quarter of an hour that is not over, as far as its 3-minute candles are closed; all of them are there. */
export interface FormingDecisionCandle {
  /** Its start, ms. */
  readonly openTime: number;
  readonly closed: readonly Candle[];
  readonly funding: readonly FundingRate[];
  /** ATR14 of the candle before it. */
  readonly atr14: number;
}

/**
 * What of the running quarter is executed. `when decided`: nothing as long as a poll may still decide on the candle
 * before it, because the order would be filled before all that; then the ledger does not depend on when in the quarter
 * the poll came. `always`: as the account stands now, to be shown, or before somebody trades by hand.
 */
export type RunningRule = 'when decided' | 'always';

/**
 * Brings an account up to date: the quarters that are over, in order, then what may be executed of the running one.
 * What was executed before does nothing, so it may be called with more than is missing.
 * @throws RangeError when candles are left out
 */
export function settle(
  account: PaperAccount,
  past: Iterable<DecisionCandle>,
  running: FormingDecisionCandle | null,
  rule: RunningRule,
): Outcome {
  const outcomes: [Outcome, ...Outcome[]] = [draftOutcome(account, () => {})];
  const current = () => (outcomes.at(-1) as Outcome).account;
  for (const quarter of past) outcomes.push(executeDecisionCandle(current(), quarter));
  if (running !== null && (rule === 'always' || isDecided(current(), running.openTime))) {
    const { closed, funding, atr14 } = running;
    for (const candle of closed) outcomes.push(executeCandle(current(), { candle, funding, atr14 }));
  }
  return concatOutcomes(outcomes);
}

/** Whether no poll of the quarter can change anything any more. */
function isDecided({ lastDecision, nextCandle, status }: PaperAccount, openTime: number): boolean {
  return (
    nextCandle > openTime || status === 'KILLED' || (lastDecision?.asOf === openTime && lastDecision.decided)
  );
}
