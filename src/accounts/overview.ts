import type { ModelPackage } from '../packages/model-package.ts';
import { equityAt, type PaperAccount } from '../trading/account.ts';
import type { ClosedLot } from '../trading/lot.ts';
import type { PaperMarket } from './account-market.ts';
import type { StoredAccount } from './account-repository.ts';
import type { OwnedAccount } from './accounts.ts';
import { bringUpToDate } from './bring-up-to-date.ts';
import type { TradeCounts } from './history-repository.ts';

/** An account as it stands now: also what is executed but may not be stored before a poll had its chance. */
export interface Overview {
  readonly stored: StoredAccount;
  readonly model: ModelPackage | null;
  readonly account: PaperAccount;
  /** Lots that are closed by now and not stored as such yet. */
  readonly pending: readonly ClosedLot[];
  readonly counts: TradeCounts;
  /** The newest close that is known; null where none is. */
  readonly price: number | null;
  /** At that price. */
  readonly equity: number;
  /** Whether it stays so until another candle closes or somebody trades. */
  readonly settled: boolean;
}

export interface OverviewParts {
  readonly market: PaperMarket;
  readonly counts: (stored: StoredAccount) => Promise<TradeCounts>;
  readonly now: () => number;
}

/** Looks at an account without changing it. */
export async function readOverview(
  { market, counts: countsOf, now }: OverviewParts,
  { stored, model }: OwnedAccount,
): Promise<Overview> {
  const { symbol, account: before } = stored;
  const { outcome, settled } = await bringUpToDate(before, symbol, market, now(), 'always');
  const { account, closed } = outcome;
  const counts = await countsOf(stored);
  const price = await market.storedClose(symbol);
  return {
    stored,
    model,
    account,
    pending: closed,
    counts: addTrades(counts, closed),
    price,
    equity: price === null ? account.wallet : equityAt(account, price),
    settled,
  };
}

function addTrades({ trades, wins, losses }: TradeCounts, closed: readonly ClosedLot[]): TradeCounts {
  return {
    trades: trades + closed.length,
    wins: wins + closed.filter(({ netPnl }) => netPnl > 0).length,
    losses: losses + closed.filter(({ netPnl }) => netPnl < 0).length,
  };
}
