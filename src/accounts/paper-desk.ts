import type { ReadRevisions } from '../db/revisions.ts';
import { pause, resume } from '../trading/account-commands.ts';
import { checkClientPrice } from '../trading/manual-order.ts';
import type { AccountMarket } from './account-market.ts';
import { marketOf, type StoredAccount } from './account-repository.ts';
import type { Accounts } from './accounts.ts';
import type { DecisionInputDependencies } from './decision-input.ts';
import { executeAccount } from './executor.ts';
import type { HistoryRepository } from './history-repository.ts';
import { createManualTrading, type ManualTrading } from './manual-trading.ts';
import { createReadOverview, type ReadOverview } from './overview.ts';
import { createPolls, type Polls } from './poll.ts';

/** Everything that can be done with paper accounts. All times in ms, all money in quote currency. */
export interface PaperDesk extends Polls, ManualTrading {
  readonly accounts: Accounts;
  readonly history: HistoryRepository;
  readonly market: AccountMarket;
  readonly overview: ReadOverview;
  /** Executes closed candles and stores the result; returns the account after it. */
  execute(id: string): Promise<StoredAccount>;
  /** @throws PRICE_OFF, MARKET_UNAVAILABLE */
  checkPrice(stored: StoredAccount, price: number): Promise<void>;
  /** @throws ACCOUNT_STATE if the account is killed */
  setPaused(id: string, paused: boolean): Promise<StoredAccount>;
}

export interface PaperDeskDependencies extends DecisionInputDependencies {
  readonly accounts: Accounts;
  readonly rows: HistoryRepository;
  readonly market: AccountMarket;
  readonly readRevisions: ReadRevisions;
  readonly now: () => number;
  readonly newId: () => string;
}

export function createPaperDesk(dependencies: PaperDeskDependencies): PaperDesk {
  const { accounts, rows, market, now } = dependencies;
  const overview = createReadOverview({ market, history: rows, now });

  return {
    accounts,
    history: rows,
    market,
    overview,
    ...createPolls({ ...dependencies, overview }),
    ...createManualTrading(dependencies),

    execute: async (id) => (await executeAccount(dependencies, id)).stored,

    async checkPrice(stored, price) {
      checkClientPrice(price, await market.newestClose(marketOf(stored)));
    },

    async setPaused(id, paused) {
      const { stored } = await accounts.change(id, async ({ account }) => ({
        change: { account: paused ? pause(account) : resume(account) },
        result: null,
      }));
      return stored;
    },
  };
}
