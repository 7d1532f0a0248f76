import type { ModelPackage } from '../packages/model-package.ts';
import { createRevisionCache } from '../runtime/revision-cache.ts';
import { equityAt, type PaperAccount } from '../trading/account.ts';
import type { ClosedLot } from '../trading/lot.ts';
import type { AccountMarket } from './account-market.ts';
import { marketOf, type StoredAccount } from './account-repository.ts';
import type { OwnedAccount } from './accounts.ts';
import { catchUp } from './catch-up.ts';
import type { HistoryRepository, TradeCounts } from './history-repository.ts';

/** The current state of an account, with executed candles that may not be stored before a poll (paper.md#29). */
export interface Overview {
  readonly stored: StoredAccount;
  readonly model: ModelPackage | null;
  readonly account: PaperAccount;
  /** Lots that are closed, but not in the store yet. */
  readonly pending: readonly ClosedLot[];
  readonly counts: TradeCounts;
  /** The mark of the account: the newest known close; null if there is none. */
  readonly price: number | null;
  /** When that candle closed, ms. */
  readonly priceAt: number | null;
  /** Equity at that price. */
  readonly equity: number;
  /** Why the exchange did not return all candles that the account has to execute; null if it did. */
  readonly failure: string | null;
  /** Whether the overview stays the same until an intrabar candle closes or an order changes the account. */
  readonly settled: boolean;
}

/** Reads an account without changing it. */
export type ReadOverview = (owned: OwnedAccount) => Promise<Overview>;

export interface OverviewDependencies {
  readonly market: Pick<AccountMarket, 'executableFrom' | 'mark'>;
  readonly history: Pick<HistoryRepository, 'counts'>;
  readonly now: () => number;
}

/** Far more than there are accounts. */
const MAX_COUNTS = 1000;

export function createReadOverview({ market, history, now }: OverviewDependencies): ReadOverview {
  const counts = createRevisionCache<TradeCounts>({ maxEntries: MAX_COUNTS });

  return async ({ stored, model }) => {
    const { account: before, revision } = stored;
    const { outcome, failure, settled } = await catchUp(stored, market, now(), 'always');
    const { account, closed } = outcome;
    const storedCounts = await counts.get(
      before.id,
      () => String(revision),
      () => history.counts(before.id, before.epoch),
    );
    const mark = await market.mark(marketOf(stored));
    const price = mark?.price ?? null;
    return {
      stored,
      model,
      account,
      pending: closed,
      counts: addTrades(storedCounts, closed),
      price,
      priceAt: mark?.at ?? null,
      equity: price === null ? account.wallet : equityAt(account, price),
      failure: failure?.message ?? null,
      settled,
    };
  };
}

function addTrades({ trades, wins, losses }: TradeCounts, closed: readonly ClosedLot[]): TradeCounts {
  return {
    trades: trades + closed.length,
    wins: wins + closed.filter(({ netPnl }) => netPnl > 0).length,
    losses: losses + closed.filter(({ netPnl }) => netPnl < 0).length,
  };
}
