import type { PaperAccount } from './account.ts';
import type { Quarter } from './decision-candle.ts';
import { executeCandle, executeWholeCandle } from './execute-candle.ts';
import { joinOutcomes, type Outcome } from './outcome.ts';
import { type DecisionMoment, refuseDecision, type Signal, takeDecision } from './take-decision.ts';

/** The candle before a quarter, on which is decided what is filled at the quarter's open. */
export function momentOf({ candle, markPrice, atr14, parts }: Quarter): DecisionMoment {
  return { asOf: candle.openTime, fillPrice: (parts?.[0] ?? candle).open, markPrice, atr14 };
}

/** Why a quarter without all of its 3-minute candles is not traded. */
export const INCOMPLETE_QUARTER = {
  reason: 'GAP',
  detail: 'Nothing opens in a candle without all of its 3-minute candles.',
} as const;

/** Executes all of a quarter that the account has not executed yet. */
export function executeQuarter(account: PaperAccount, quarter: Quarter): Outcome {
  const { candle, parts, atr14, funding } = quarter;
  if (parts === null) return executeWholeCandle(account, { candle, atr14, funding });
  let current = account;
  const outcomes = parts.map((part) => {
    const outcome = executeCandle(current, { candle: part, atr14, funding });
    current = outcome.account;
    return outcome;
  });
  return joinOutcomes(outcomes as [Outcome, ...Outcome[]]);
}

/** Decides by a signal at the start of a quarter and lives it to its end. */
export function runQuarter(account: PaperAccount, quarter: Quarter, signal: Signal | null): Outcome {
  if (signal === null) return executeQuarter(account, quarter);
  const moment = momentOf(quarter);
  const decided =
    quarter.parts === null
      ? refuseDecision(account, moment.asOf, INCOMPLETE_QUARTER.reason, INCOMPLETE_QUARTER.detail)
      : takeDecision(account, moment, signal);
  return joinOutcomes([decided, executeQuarter(decided.account, quarter)]);
}
