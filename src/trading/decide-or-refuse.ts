import type { PaperAccount } from './account.ts';
import { type Gate, gateOf, isGateReason, type PollFacts } from './gates.ts';
import type { Outcome } from './outcome.ts';
import { type DecisionMoment, refuseDecision, type Signal, takeDecision } from './take-decision.ts';

/** What a decision needs beyond the account. */
export interface Asked {
  readonly moment: DecisionMoment;
  readonly signal: Signal;
}

export interface Polled {
  /** Why nothing was decided; null where something was. */
  readonly gate: Gate | null;
  /** Null where the account stays as it is. */
  readonly outcome: Outcome | null;
}

/**
 * One poll of an account that has been brought up to the candle: live and in replay the same. `ask` is only called
 * when a decision can be taken; what it throws leaves the account as it is.
 */
export async function decideOrRefuse(
  account: PaperAccount,
  facts: PollFacts,
  ask: () => Asked | Promise<Asked>,
): Promise<Polled> {
  const gate = gateOf(account, facts);
  if (gate === null) {
    const { moment, signal } = await ask();
    return { gate, outcome: takeDecision(account, moment, signal) };
  }
  if (!isGateReason(gate.reason)) return { gate, outcome: null };
  return { gate, outcome: refuseDecision(account, facts.asOf, gate.reason, gate.sentence) };
}
