import type { PaperAccount } from './account.ts';
import type { DecisionCandle } from './decision-candle.ts';
import { executeDecisionCandle } from './execute-candle.ts';
import { type Gate, gateOf, isGate, MISSING_INTRABAR_GATE, type PackageState } from './gates.ts';
import { concatOutcomes, type Outcome } from './outcome.ts';
import type { Signal } from './signal.ts';
import { type DecisionMarket, recordGate, takeDecision } from './take-decision.ts';

/** A poll of a past candle. */
export interface PastPoll {
  /** The gate of the candle window; null if it is valid. */
  readonly windowGate: Gate | null;
  /** Computes the signal of the package; called only without a gate. */
  signal(account: PaperAccount, market: DecisionMarket): Signal | Gate | Promise<Signal | Gate>;
}

export interface PastTradingOptions {
  /** The poll of the candle that closed at `asOf` (ms); null without a poll. */
  readonly pollAt: (asOf: number) => PastPoll | null;
  /** Awaited after each decision candle with the number of those done. Its error ends the run. */
  readonly afterCandle?: (done: number) => void | Promise<void>;
}

export interface PastTradingResult extends Outcome {
  readonly decisionCandles: number;
  /** How many of them lacked intrabar candles (paper.md#28). */
  readonly withoutIntrabar: number;
}

/** Packages are not archived and warmed up when a replay begins (paper.md#43). */
const READY_PACKAGE: PackageState = { status: 'READY', warmUpStatus: 'DONE', warmUpError: undefined };

/**
 * Trades past decision candles by the rules of live accounts (paper.md#42).
 * @param candles in order, from the account's next candle on
 * @throws RangeError if a candle is left out, and what `signal` and `afterCandle` throw
 */
export async function tradePastCandles(
  start: PaperAccount,
  candles: Iterable<DecisionCandle>,
  { pollAt, afterCandle }: PastTradingOptions,
): Promise<PastTradingResult> {
  const outcomes: Outcome[] = [];
  let account = start;
  let withoutIntrabar = 0;
  for (const candle of candles) {
    const poll = pollAt(candle.candle.openTime);
    const outcome = tradeCandle(account, candle, poll && (await answerPoll(account, candle, poll)));
    outcomes.push(outcome);
    account = outcome.account;
    if (candle.intrabar === null) withoutIntrabar += 1;
    await afterCandle?.(outcomes.length);
  }
  return { ...concatOutcomes(start, outcomes), decisionCandles: outcomes.length, withoutIntrabar };
}

async function answerPoll(
  account: PaperAccount,
  candle: DecisionCandle,
  poll: PastPoll,
): Promise<Signal | Gate> {
  const market = decisionMarketOf(candle);
  const gate = gateOf(account, { asOf: market.asOf, model: READY_PACKAGE, hasSignal: false });
  return (
    gate ??
    poll.windowGate ??
    (candle.intrabar === null ? MISSING_INTRABAR_GATE : poll.signal(account, market))
  );
}

/**
 * Trades one past decision candle: decides on the candle before it, then executes it.
 * @param answer the answer to the poll; null without a poll
 * @throws RangeError if candles before it were left out
 */
export function tradeCandle(
  account: PaperAccount,
  candle: DecisionCandle,
  answer: Signal | Gate | null,
): Outcome {
  if (answer === null) return executeDecisionCandle(account, candle);
  const market = decisionMarketOf(candle);
  const signal = candle.intrabar === null && !isGate(answer) ? MISSING_INTRABAR_GATE : answer;
  const decision = isGate(signal)
    ? recordGate(account, market.asOf, signal)
    : takeDecision(account, market, signal);
  return concatOutcomes(account, [decision, executeDecisionCandle(decision.account, candle)]);
}

/** The market of the decision that is filled at the open of `candle`. */
export function decisionMarketOf({ candle, intrabar, markPrice, atr14 }: DecisionCandle): DecisionMarket {
  return { asOf: candle.openTime, fillPrice: (intrabar?.[0] ?? candle).open, markPrice, atr14 };
}
