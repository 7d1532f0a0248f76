import type { PaperdeskError } from '../errors.ts';
import type { PaperAccount } from '../trading/account.ts';
import { skipCandlesWithoutLots } from '../trading/execute-candle.ts';
import { concatOutcomes, draftOutcome, type Outcome } from '../trading/outcome.ts';
import { type RunningRule, settle } from '../trading/settle.ts';
import type { PaperMarket } from './account-market.ts';

/** An account as far as the market is known. */
export interface UpToDate {
  readonly outcome: Outcome;
  /** What the exchange did not give, where something is missing. */
  readonly failure: PaperdeskError | null;
  /** Whether it is as it will be until another candle closes or somebody trades. */
  readonly settled: boolean;
}

/**
 * Lets an account live until `now` (ms), as far as its candles are known; without lots it needs none.
 * @param rule what of the running quarter is executed
 */
export async function bringUpToDate(
  account: PaperAccount,
  symbol: string,
  market: Pick<PaperMarket, 'since'>,
  now: number,
  rule: RunningRule,
): Promise<UpToDate> {
  if (account.lots.length === 0)
    return { outcome: skipCandlesWithoutLots(account, now), failure: null, settled: true };
  const { past, running, failure, complete } = await market.since(symbol, account.nextCandle);
  const lived = settle(account, past, running, rule);
  if (lived.account.lots.length > 0) return { outcome: lived, failure, settled: complete };
  const outcome = concatOutcomes([lived, skipCandlesWithoutLots(lived.account, now)]);
  return { outcome, failure, settled: complete };
}

/**
 * The same for somebody who is about to trade by hand: also an account without lots then executes what is closed of
 * the running quarter, so that a new lot does not meet candles that were over before it.
 */
export async function bringUpToNow(
  account: PaperAccount,
  symbol: string,
  market: Pick<PaperMarket, 'since'>,
  now: number,
): Promise<UpToDate> {
  const first = await bringUpToDate(account, symbol, market, now, 'always');
  if (first.outcome.account.lots.length > 0) return first;
  const { past, running, failure, complete } = await market.since(symbol, first.outcome.account.nextCandle);
  const lived = settle(first.outcome.account, past, running, 'always');
  return { outcome: concatOutcomes([first.outcome, lived]), failure, settled: complete };
}

/** An outcome in which nothing happened. */
export function unchangedOutcome(account: PaperAccount): Outcome {
  return draftOutcome(account, () => {});
}

/** Whether an outcome is worth storing. */
export function changesAccount(before: PaperAccount, { account, ...left }: Partial<Outcome>): boolean {
  if (account === undefined) return false;
  return (
    account.nextCandle !== before.nextCandle ||
    account.status !== before.status ||
    account.epoch !== before.epoch ||
    [left.lines, left.opened, left.closed, left.decisions, left.equity].some(
      (list) => (list?.length ?? 0) > 0,
    )
  );
}
