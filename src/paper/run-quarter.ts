import type { PaperAccount } from './account.ts';
import type { GateReason } from './decision-record.ts';
import { type CandleEvent, executeCandle, executeWholeCandle } from './execute-candle.ts';
import { joinOutcomes, type Outcome } from './journal.ts';
import type { Quarter } from './quarter.ts';
import { type DecisionMoment, refuseDecision, type Signal, takeDecision } from './take-decision.ts';

/** What a poll came to: a signal to decide by, or a reason why there is none. */
export type Poll =
  | { readonly signal: Signal }
  | { readonly refusal: { readonly reason: GateReason; readonly sentence: string } };

/** The candle before a quarter, on which is decided what is filled at the quarter's open. */
export function momentOf({ candle, markPrice, atr14, parts }: Quarter): DecisionMoment {
  return { asOf: candle.openTime, fillPrice: (parts?.[0] ?? candle).open, markPrice, atr14 };
}

/**
 * Lives one 15-minute candle from its start to its end: decides where a poll came, fills, and executes. What the
 * service does piece by piece as time goes by is the same calls in the same order.
 * @param poll null where none came
 */
export function runQuarter(account: PaperAccount, quarter: Quarter, poll: Poll | null): Outcome {
  const moment = momentOf(quarter);
  const decided = decide(account, quarter, moment, poll);
  const outcomes = decided === null ? [] : [decided];
  let current = decided?.account ?? account;
  for (const outcome of execute(current, quarter)) {
    outcomes.push(outcome);
    current = outcome.account;
  }
  return joinOutcomes(outcomes[0]!, ...outcomes.slice(1));
}

function decide(
  account: PaperAccount,
  { parts }: Quarter,
  moment: DecisionMoment,
  poll: Poll | null,
): Outcome | null {
  if (poll === null) return null;
  if ('refusal' in poll)
    return refuseDecision(account, moment.asOf, poll.refusal.reason, poll.refusal.sentence);
  if (parts === null) {
    const sentence = 'Nothing opens in a candle without all of its 3-minute candles.';
    return refuseDecision(account, moment.asOf, 'GAP', sentence);
  }
  return takeDecision(account, moment, poll.signal);
}

function* execute(account: PaperAccount, { candle, parts, atr14, funding }: Quarter): Generator<Outcome> {
  if (parts === null) {
    yield executeWholeCandle(account, { candle, atr14, funding });
    return;
  }
  let current = account;
  for (const part of parts) {
    const event: CandleEvent = { candle: part, atr14, funding };
    const outcome = executeCandle(current, event);
    current = outcome.account;
    yield outcome;
  }
}
