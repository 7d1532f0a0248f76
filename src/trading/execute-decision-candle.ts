import type { PaperAccount } from './account.ts';
import type { DecisionCandle } from './decision-candle.ts';
import { executeCandle, executeWithoutIntrabar } from './execute-candle.ts';
import { concatOutcomes, type Outcome } from './outcome.ts';
import { type DecisionMoment, refuseDecision, type Signal, takeDecision } from './take-decision.ts';

/** The candle before a quarter, on which is decided what is filled at the quarter's open. */
export function momentOf({ candle, markPrice, atr14, parts }: DecisionCandle): DecisionMoment {
  return { asOf: candle.openTime, fillPrice: (parts?.[0] ?? candle).open, markPrice, atr14 };
}

/** Why a quarter without all of its 3-minute candles is not traded. */
export const MISSING_INTRABAR_CANDLES = {
  reason: 'GAP',
  detail: 'Nothing opens in a candle without all of its 3-minute candles.',
} as const;

/** Executes all of a quarter that the account has not executed yet. */
export function executeDecisionCandle(account: PaperAccount, quarter: DecisionCandle): Outcome {
  const { candle, parts, atr14, funding } = quarter;
  if (parts === null) return executeWithoutIntrabar(account, { candle, atr14, funding });
  let current = account;
  const outcomes = parts.map((part) => {
    const outcome = executeCandle(current, { candle: part, atr14, funding });
    current = outcome.account;
    return outcome;
  });
  return concatOutcomes(outcomes as [Outcome, ...Outcome[]]);
}

/** Decides by a signal at the start of a quarter and lives it to its end. */
export function decideAndExecute(
  account: PaperAccount,
  quarter: DecisionCandle,
  signal: Signal | null,
): Outcome {
  if (signal === null) return executeDecisionCandle(account, quarter);
  const moment = momentOf(quarter);
  const decided =
    quarter.parts === null
      ? refuseDecision(account, moment.asOf, MISSING_INTRABAR_CANDLES.reason, MISSING_INTRABAR_CANDLES.detail)
      : takeDecision(account, moment, signal);
  return concatOutcomes([decided, executeDecisionCandle(decided.account, quarter)]);
}
