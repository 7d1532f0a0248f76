import type { PaperAccount } from './account.ts';
import type { GateReason } from './decision-record.ts';

/** What is known when a poll comes, before any model is asked. */
export interface PollFacts {
  /** Close time of the newest closed 15-minute candle, ms. */
  readonly asOf: number;
  /** The account's package; null where it has none. */
  readonly model: { readonly archived: boolean; readonly warm: boolean } | null;
  /** Whether the poll brings a signal of its own. */
  readonly external: boolean;
  /** Why the market or the features allow nothing, with a sentence; null where they do. */
  readonly market: {
    readonly reason: 'STALE' | 'GAP' | 'INVALID_FEATURES';
    readonly detail: string;
  } | null;
}

/** DECIDED and MISSED concern a candle that has its row and keeps it; the others become the row. */
export interface Gate {
  readonly reason: GateReason | 'DECIDED' | 'MISSED';
  readonly sentence: string;
}

/** The first reason why no decision can be taken at this poll (paper.md#13); null when one can. */
export function gateOf(account: PaperAccount, facts: PollFacts): Gate | null {
  const asOf = new Date(facts.asOf).toISOString();
  if (account.status === 'KILLED')
    return { reason: 'KILLED', sentence: 'The kill switch stopped this account; reset it to trade again.' };
  if (account.status === 'PAUSED')
    return { reason: 'PAUSED', sentence: 'The account is paused; its exits go on.' };
  if (facts.model?.archived)
    return { reason: 'ARCHIVED', sentence: 'The package is archived: nothing is decided, exits go on.' };
  if (facts.model === null && !facts.external)
    return { reason: 'NO_MODEL', sentence: 'The account has no package; it takes external signals only.' };
  if (facts.model !== null && !facts.model.warm)
    return {
      reason: 'WARMUP',
      sentence: 'The package is not warmed up; nothing is traded until that is DONE.',
    };
  if (facts.market !== null) return { reason: facts.market.reason, sentence: facts.market.detail };
  if (account.lastDecision?.asOf === facts.asOf && account.lastDecision.decided)
    return { reason: 'DECIDED', sentence: `The candle that closed at ${asOf} is decided.` };
  if (account.nextCandle > facts.asOf)
    return {
      reason: 'MISSED',
      sentence: `The account has traded beyond ${asOf}, when an order of that candle would have been filled.`,
    };
  return null;
}

/** Whether a gate's reason may stand as the row of its candle. */
export function isGateReason(reason: Gate['reason']): reason is GateReason {
  return reason !== 'DECIDED' && reason !== 'MISSED';
}
