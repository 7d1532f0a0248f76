import type { CloseReason, Trade } from '../trading/lot.ts';
import { addMoney } from '../trading/money.ts';
import { type Histogram, histogramOf } from './histogram.ts';
import { PositionTally } from './position-tally.ts';

/** Sums over trades; money in quote currency, percent of the margin. */
class TradeSums {
  count = 0;
  money = 0;
  percent = 0;

  add({ netPnl, margin }: Trade): void {
    this.count += 1;
    this.money = addMoney(this.money, netPnl);
    this.percent += (netPnl / margin) * 100;
  }
}

/** Trades that were closed for one reason. */
export interface TradesByReason {
  readonly trades: number;
  readonly netPnl: number;
  readonly wins: number;
}

/**
 * Statistics of trades, after fees and funding, that are added one by one in order of closing. A result of exactly 0 is
 * neither a win nor a loss.
 */
export class TradeTally {
  readonly all = new TradeSums();
  readonly wins = new TradeSums();
  readonly losses = new TradeSums();
  /** With the numbers of their lots. */
  readonly positions = new PositionTally<number>((one, other) => one + other);
  readonly #reasons = new Map<CloseReason, TradesByReason>();
  readonly #percents: number[] = [];
  #histogram: { readonly trades: number; readonly value: Histogram | null } = { trades: 0, value: null };

  add(trade: Trade): void {
    this.all.add(trade);
    if (trade.netPnl > 0) this.wins.add(trade);
    if (trade.netPnl < 0) this.losses.add(trade);
    this.positions.add(trade, 1);
    this.#percents.push((trade.netPnl / trade.margin) * 100);
    const known = this.#reasons.get(trade.reason) ?? { trades: 0, netPnl: 0, wins: 0 };
    this.#reasons.set(trade.reason, {
      trades: known.trades + 1,
      netPnl: addMoney(known.netPnl, trade.netPnl),
      wins: known.wins + Number(trade.netPnl > 0),
    });
  }

  byReason(): Readonly<Partial<Record<CloseReason, TradesByReason>>> {
    return Object.fromEntries(this.#reasons);
  }

  /** Of net results in percent of the margin. */
  histogram(): Histogram | null {
    if (this.#histogram.trades !== this.all.count)
      this.#histogram = { trades: this.all.count, value: histogramOf(this.#percents) };
    return this.#histogram.value;
  }
}
