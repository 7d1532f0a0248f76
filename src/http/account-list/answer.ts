import type { LastDecision } from '../../accounts/history-repository.ts';
import type { WatchedPolls } from '../../alerts/poll-watch.ts';
import { isoTime, isoTimeOrNull } from '../../runtime/iso-time.ts';
import type { ComparedAccount } from '../../statistics/compared-accounts.ts';
import { roundMoney } from '../../trading/money.ts';
import { sideOf } from '../positions/answer.ts';
import { loopState } from '../system/answer.ts';
import type { AccountListAnswer, AccountSort, ListedAccountAnswer } from './schema.ts';

/** What is known of an account, without its figures. */
export interface AccountFacts {
  readonly lastDecision: LastDecision | undefined;
  readonly polls: WatchedPolls | undefined;
}

type Unranked = Omit<ListedAccountAnswer, 'rank'>;

const ORDERS: Readonly<Record<AccountSort, (a: Unranked, b: Unranked) => number>> = {
  worst: (a, b) => a.total_return_pct - b.total_return_pct,
  best: (a, b) => b.total_return_pct - a.total_return_pct,
  drawdown: (a, b) => b.drawdown_pct - a.drawdown_pct,
  name: () => 0,
};

/** All accounts in an order, and their totals; of equal ones, by their ids. */
export function answerOfAccounts(
  accounts: readonly ComparedAccount[],
  factsOf: (id: string) => AccountFacts,
  sort: AccountSort,
): AccountListAnswer {
  const items = accounts.map((one) => answerOfListed(one, factsOf(one.overview.account.id)));
  const sorted = [...items].sort((a, b) => ORDERS[sort](a, b) || (a.model_id < b.model_id ? -1 : 1));
  const count = (status: Unranked['status']) => items.filter((item) => item.status === status).length;
  return {
    items: sorted.map((item, index) => ({ rank: index + 1, ...item })),
    totals: {
      accounts: items.length,
      by_status: { ACTIVE: count('ACTIVE'), PAUSED: count('PAUSED'), KILLED: count('KILLED') },
      with_open_lots: items.filter(({ open_lots_count }) => open_lots_count > 0).length,
      total_equity: roundMoney(items.reduce((sum, { total_equity }) => sum + total_equity, 0)),
    },
  };
}

function answerOfListed(
  { overview, performance }: ComparedAccount,
  { lastDecision, polls }: AccountFacts,
): Unranked {
  const { account, stored, model, equity, price, priceAt, counts } = overview;
  const side = account.lots[0]?.side;
  return {
    model_id: account.id,
    model_package_id: stored.packageId,
    package_name: model?.name ?? null,
    symbol: stored.symbol,
    status: account.status,
    loop: loopState(model, polls),
    total_equity: equity,
    total_return_pct: (equity / account.initialBalance - 1) * 100,
    drawdown_pct: performance.drawdown.current * 100,
    max_drawdown_pct: performance.drawdown.depth * 100,
    mark_price: price,
    mark_time: isoTimeOrNull(priceAt),
    open_lots_count: account.lots.length,
    side: side === undefined ? null : sideOf(side),
    total_trades: counts.trades,
    last_decision:
      lastDecision?.epoch === account.epoch
        ? {
            as_of: isoTime(lastDecision.asOf),
            signal: lastDecision.signal,
            action: lastDecision.action,
            reason: lastDecision.reason,
          }
        : null,
  };
}
