import type { PaperdeskError } from '../errors.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { PaperAccount } from '../trading/account.ts';
import { decisionCandleStart } from '../trading/candle-times.ts';
import { decideOrRefuse } from '../trading/decide-or-refuse.ts';
import { type Gate, gateOf, isGateReason } from '../trading/gates.ts';
import { concatOutcomes, type Outcome } from '../trading/outcome.ts';
import { refuseDecision, type Signal } from '../trading/take-decision.ts';
import type { PaperMarket } from './account-market.ts';
import type { StoredAccount } from './account-repository.ts';
import type { Worked } from './accounts.ts';
import { bringUpToDate, type UpToDate, unchangedOutcome } from './bring-up-to-date.ts';
import { type DecisionMarketParts, readDecisionMarket } from './read-market.ts';

/** What one poll of an account did. */
export interface PollResult {
  /** Close time of the candle that could be decided on, ms. */
  readonly asOf: number;
  /** Everything since the poll before: exits, the decision, and what came right after it. */
  readonly outcome: Outcome;
  /** Whether this very poll took the decision. */
  readonly decided: boolean;
  /** Why it took none; null where it did. */
  readonly gate: (Pick<Gate, 'sentence'> & { readonly reason: Gate['reason'] }) | null;
}

export interface PollParts extends Omit<DecisionMarketParts, 'market'> {
  readonly market: PaperMarket;
  readonly now: () => number;
}

/**
 * One poll (paper.md#7): brings the account up to date, takes at most one decision on the newest closed candle,
 * and executes what is already closed after it. All of it is to be stored together.
 */
export async function pollAccount(
  parts: PollParts,
  { account, symbol }: StoredAccount,
  model: ModelPackage | null,
  external: Signal | null,
): Promise<Worked<PollResult>> {
  const now = parts.now();
  const asOf = decisionCandleStart(now);
  const before = await bringUpToDate(account, symbol, parts.market, now, 'when decided');
  const { outcome: polled, gate } = await decide(parts, before, symbol, asOf, model, external);
  const outcomes: [Outcome, ...Outcome[]] = [before.outcome, polled];
  if (gate === null) {
    const after = await bringUpToDate(polled.account, symbol, parts.market, now, 'when decided');
    outcomes.push(after.outcome);
  }
  const outcome = concatOutcomes(outcomes);
  return { change: outcome, result: { asOf, outcome, decided: gate === null, gate } };
}

interface Decided {
  readonly outcome: Outcome;
  readonly gate: PollResult['gate'];
}

async function decide(
  parts: PollParts,
  { outcome: { account }, failure }: UpToDate,
  symbol: string,
  asOf: number,
  model: ModelPackage | null,
  external: Signal | null,
): Promise<Decided> {
  if (account.nextCandle < asOf) return unchanged(account, 'STALE', behind(account, failure));
  const facts = {
    asOf,
    model:
      model === null ? null : { archived: model.status === 'ARCHIVED', warm: model.warmUpStatus === 'DONE' },
    external: external !== null,
  };
  const gate = gateOf(account, { ...facts, market: null });
  if (gate !== null) {
    if (!isGateReason(gate.reason)) return { outcome: unchangedOutcome(account), gate };
    return { outcome: refuseDecision(account, asOf, gate.reason, gate.sentence), gate };
  }
  const sight = await readDecisionMarket(parts, account, symbol, asOf, deciderOf(model, external));
  if (sight.kind === 'not yet') return unchanged(account, 'STALE', sight.sentence);
  if (sight.kind === 'refused') {
    const { reason, detail } = sight.refusal;
    return {
      outcome: refuseDecision(account, asOf, reason, detail),
      gate: { reason, sentence: detail },
    };
  }
  const polled = await decideOrRefuse(account, { ...facts, market: null }, () => sight.asked);
  return { outcome: polled.outcome ?? unchangedOutcome(account), gate: polled.gate };
}

function deciderOf(model: ModelPackage | null, external: Signal | null) {
  if (external !== null) return { signal: external };
  if (model !== null) return { model };
  throw new RangeError('An account without a package and without a signal is held back by its gate.');
}

/** What can still become known in this quarter is not written down. */
function unchanged(account: PaperAccount, reason: Gate['reason'], sentence: string): Decided {
  return { outcome: unchangedOutcome(account), gate: { reason, sentence } };
}

function behind({ id, nextCandle }: PaperAccount, failure: PaperdeskError | null): string {
  const from = new Date(nextCandle).toISOString();
  const why = failure === null ? 'they are not complete yet' : failure.message;
  return `${id} has to execute the candles from ${from} on before anything is decided: ${why}`;
}
