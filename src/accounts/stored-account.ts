import type { PaperAccount } from '../trading/account.ts';
import type { TradedMarket } from '../trading/account-pipeline.ts';
import type { Outcome } from '../trading/outcome.ts';

/** An account with the columns that only the store needs. Times in ms. */
export interface StoredAccount {
  readonly account: PaperAccount;
  readonly packageId: string | null;
  readonly symbol: string;
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly resetAt: number | null;
  /** When the status last changed; null if that is not known. */
  readonly statusAt: number | null;
}

/** The market that an account trades. */
export function marketOf({ symbol, account }: Pick<StoredAccount, 'symbol' | 'account'>): TradedMarket {
  return { symbol, pipeline: account.pipeline };
}

/** Live accounts, or the accounts of replays; a repository sees only one kind. */
export type Run = 'live' | 'replay';

/** A change to store: an outcome, or an account whose status changed. */
export type AccountChange = Pick<Outcome, 'account'> & Partial<Outcome>;
