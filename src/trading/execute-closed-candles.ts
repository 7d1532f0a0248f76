import type { PaperAccount } from './account.ts';
import type { DecisionCandle, FormingDecisionCandle } from './decision-candle.ts';
import { executeDecisionCandle, executeIntrabarCandles } from './execute-candle.ts';
import { concatOutcomes, type Outcome } from './outcome.ts';

/** The candles of a market that can be executed. */
export interface ExecutableCandles {
  /** In order. */
  readonly closed: readonly DecisionCandle[];
  /** The decision candle after them; null if its ATR14 is not known. */
  readonly forming: FormingDecisionCandle | null;
}

/**
 * Whether closed intrabar candles of the forming decision candle are executed (paper.md#29). `when decided`: only once no
 * poll can decide on the candle before it any more, since its order would be filled first. So the ledger does not depend
 * on when the poll comes. `always`: to show the account as it will stand, or before a manual order.
 */
export type FormingRule = 'when decided' | 'always';

/**
 * Executes closed candles in order. Candles that were executed before do nothing.
 * @throws RangeError if candles are left out
 */
export function executeClosedCandles(
  account: PaperAccount,
  { closed, forming }: ExecutableCandles,
  rule: FormingRule,
): Outcome {
  const outcomes: Outcome[] = [];
  let current = account;
  for (const decisionCandle of closed) {
    const outcome = executeDecisionCandle(current, decisionCandle);
    outcomes.push(outcome);
    current = outcome.account;
  }
  if (forming !== null && (rule === 'always' || isPastDecision(current, forming.openTime)))
    outcomes.push(executeIntrabarCandles(current, forming.closed, forming));
  return concatOutcomes(account, outcomes);
}

/** Whether no poll can decide on the candle that closed at `asOf` (ms) any more. */
function isPastDecision({ lastDecision, nextCandle, status }: PaperAccount, asOf: number): boolean {
  return nextCandle > asOf || status === 'KILLED' || (lastDecision?.asOf === asOf && lastDecision.decided);
}
