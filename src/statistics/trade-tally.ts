import type { CloseReason, Trade } from '../trading/lot.ts';
import { addMoney } from '../trading/money.ts';

interface ReasonStatistics {
  readonly trades: number;
  readonly netPnl: number;
  readonly winRate: number;
}

/** Statistics of trades after fees and funding (paper.md#55), null if undefined. Money in quote currency. */
export interface TradeStatistics {
  readonly trades: number;
  readonly wins: number;
  readonly losses: number;
  readonly winRate: number | null;
  /** Sum of wins divided by sum of losses; null without losses. */
  readonly profitFactor: number | null;
  readonly averageWin: number | null;
  /** Negative. */
  readonly averageLoss: number | null;
  /** Returns on margin, in percent. */
  readonly averagePct: number | null;
  readonly averageWinPct: number | null;
  readonly averageLossPct: number | null;
  readonly byReason: Readonly<Partial<Record<CloseReason, ReasonStatistics>>>;
}

class Sums {
  count = 0;
  money = 0;
  percent = 0;

  add({ netPnl, margin }: Trade): void {
    this.count += 1;
    this.money = addMoney(this.money, netPnl);
    this.percent += (netPnl / margin) * 100;
  }

  mean(sum: number): number | null {
    return this.count === 0 ? null : sum / this.count;
  }
}

/** Statistics of trades that are added one by one. A result of exactly 0 is neither a win nor a loss. */
export class TradeTally {
  readonly #all = new Sums();
  readonly #wins = new Sums();
  readonly #losses = new Sums();
  readonly #reasons = new Map<CloseReason, { all: Sums; wins: number }>();

  add(trade: Trade): void {
    this.#all.add(trade);
    if (trade.netPnl > 0) this.#wins.add(trade);
    if (trade.netPnl < 0) this.#losses.add(trade);
    const reason = this.#reasons.get(trade.reason) ?? { all: new Sums(), wins: 0 };
    reason.all.add(trade);
    reason.wins += Number(trade.netPnl > 0);
    this.#reasons.set(trade.reason, reason);
  }

  statistics(): TradeStatistics {
    const [all, wins, losses] = [this.#all, this.#wins, this.#losses];
    return {
      trades: all.count,
      wins: wins.count,
      losses: losses.count,
      winRate: all.mean(wins.count),
      profitFactor: losses.count === 0 ? null : wins.money / -losses.money,
      averageWin: wins.mean(wins.money),
      averageLoss: losses.mean(losses.money),
      averagePct: all.mean(all.percent),
      averageWinPct: wins.mean(wins.percent),
      averageLossPct: losses.mean(losses.percent),
      byReason: Object.fromEntries(
        Array.from(this.#reasons, ([reason, { all: ofReason, wins: won }]) => [
          reason,
          { trades: ofReason.count, netPnl: ofReason.money, winRate: won / ofReason.count },
        ]),
      ),
    };
  }
}
