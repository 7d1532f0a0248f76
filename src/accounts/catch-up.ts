import type { PaperdeskError } from '../errors.ts';
import { skipCandles } from '../trading/execute-candle.ts';
import { executeClosedCandles, type FormingRule } from '../trading/execute-closed-candles.ts';
import { concatOutcomes, type Outcome } from '../trading/outcome.ts';
import type { AccountMarket } from './account-market.ts';
import { marketOf, type StoredAccount } from './account-repository.ts';

/** An account that has executed all known candles. */
export interface CaughtUp {
  readonly outcome: Outcome;
  /** Why the exchange did not return all candles; null if it did. */
  readonly failure: PaperdeskError | null;
  /** Whether the account stays the same until an intrabar candle closes or an order changes it. */
  readonly settled: boolean;
}

type TradingAccount = Pick<StoredAccount, 'account' | 'symbol'>;

/**
 * Executes the closed candles that an account has not executed by `now` (ms; paper.md#34). Without lots it needs no
 * candles.
 */
export async function catchUp(
  { account, symbol }: TradingAccount,
  market: Pick<AccountMarket, 'executableFrom'>,
  now: number,
  rule: FormingRule,
): Promise<CaughtUp> {
  if (account.lots.length === 0) return { outcome: skipCandles(account, now), failure: null, settled: true };
  const candles = await market.executableFrom(marketOf({ account, symbol }), account.nextCandle);
  const executed = executeClosedCandles(account, candles, rule);
  return {
    outcome:
      executed.account.lots.length > 0
        ? executed
        : concatOutcomes(account, [executed, skipCandles(executed.account, now)]),
    failure: candles.failure,
    settled: candles.complete,
  };
}

/**
 * Executes closed candles before a manual order. An account without lots also executes the closed intrabar candles of the forming
 * decision candle, so that they cannot close the new lot.
 */
export async function catchUpForOrder(
  { account, symbol }: TradingAccount,
  market: Pick<AccountMarket, 'executableFrom'>,
  now: number,
): Promise<CaughtUp> {
  const caughtUp = await catchUp({ account, symbol }, market, now, 'always');
  const current = caughtUp.outcome.account;
  if (current.lots.length > 0) return caughtUp;
  const candles = await market.executableFrom(marketOf({ account, symbol }), current.nextCandle);
  const executed = executeClosedCandles(current, candles, 'always');
  return {
    outcome: concatOutcomes(account, [caughtUp.outcome, executed]),
    failure: candles.failure,
    settled: candles.complete,
  };
}
