import type { PaperAccount } from './account.ts';
import { decideOrRefuse } from './decide-or-refuse.ts';
import type { DecisionCandle } from './decision-candle.ts';
import { executeDecisionCandle, MISSING_INTRABAR_CANDLES, momentOf } from './execute-decision-candle.ts';
import { gateOf, type PollFacts } from './gates.ts';
import { concatOutcomes, type Outcome } from './outcome.ts';
import type { DecisionMoment, Signal } from './take-decision.ts';

/** Stands for the loop that polls and for the models that answer. */
export interface DecisionProvider {
  /** What a poll in this quarter would know, or null where none came; `asOf` is the close time decided on, ms. */
  facts(asOf: number): Omit<PollFacts, 'asOf'> | null;
  /** What is decided; or why nothing can be, where that shows only when the model is asked. */
  signal(account: PaperAccount, moment: DecisionMoment): Signal | Refused | Promise<Signal | Refused>;
}

type Refused = NonNullable<PollFacts['market']>;

export interface TradedCandle {
  readonly quarter: DecisionCandle;
  readonly outcome: Outcome;
}

/**
 * Lives stored quarters one after the other, from the account's next candle on, by the same steps as a live account.
 * @throws RangeError when a quarter is left out, and what the provider throws
 */
export async function* replay(
  start: PaperAccount,
  quarters: Iterable<DecisionCandle> | AsyncIterable<DecisionCandle>,
  provider: DecisionProvider,
): AsyncGenerator<TradedCandle> {
  let account = start;
  for await (const quarter of quarters) {
    const outcome = await replayQuarter(account, quarter, provider);
    account = outcome.account;
    yield { quarter, outcome };
  }
}

async function replayQuarter(
  account: PaperAccount,
  quarter: DecisionCandle,
  provider: DecisionProvider,
): Promise<Outcome> {
  const moment = momentOf(quarter);
  const known = provider.facts(moment.asOf);
  if (known === null) return executeDecisionCandle(account, quarter);
  const market = known.market ?? (quarter.parts === null ? MISSING_INTRABAR_CANDLES : null);
  const facts = { ...known, market, asOf: moment.asOf };
  const said = gateOf(account, facts) === null ? await provider.signal(account, moment) : null;
  const refused = said !== null && 'reason' in said ? said : null;
  const { outcome } = await decideOrRefuse(account, { ...facts, market: market ?? refused }, () => {
    if (said === null || 'reason' in said)
      throw new RangeError('A poll with a reason for no decision asks no model.');
    return { moment, signal: said };
  });
  if (outcome === null) return executeDecisionCandle(account, quarter);
  return concatOutcomes([outcome, executeDecisionCandle(outcome.account, quarter)]);
}

/** A whole replay. */
export interface TradingResult extends Outcome {
  readonly quarters: number;
  /** Quarters that were executed as one bar because 3-minute candles are missing. */
  readonly candlesWithoutIntrabar: number;
}

/**
 * Gathers a replay. `onQuarter` is told after each quarter how many are done; what it throws ends the replay, and a
 * promise of it is waited for, so that others get their turn.
 */
export async function collectReplay(
  start: PaperAccount,
  quarters: AsyncIterable<TradedCandle>,
  onDecisionCandle: (done: number) => void | Promise<void> = () => {},
): Promise<TradingResult> {
  const outcomes: Outcome[] = [];
  let candlesWithoutIntrabar = 0;
  for await (const { quarter, outcome } of quarters) {
    outcomes.push(outcome);
    if (quarter.parts === null) candlesWithoutIntrabar += 1;
    await onDecisionCandle(outcomes.length);
  }
  const nothing: Outcome = {
    account: start,
    lines: [],
    opened: [],
    closed: [],
    decisions: [],
    equity: [],
    sentences: [],
  };
  return { ...concatOutcomes([nothing, ...outcomes]), quarters: outcomes.length, candlesWithoutIntrabar };
}
