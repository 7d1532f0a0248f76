import type { LedgerKind } from '../trading/ledger.ts';
import type { RatioIntervals } from './bootstrap.ts';
import type { CurveTally } from './curve-tally.ts';
import { momentsOf, type Ratios, ratiosOf } from './returns.ts';
import type { TradeStatistics, TradeTally } from './trade-tally.ts';

const WEEK_MS = 7 * 24 * 60 * 60_000;

/** Accounts with fewer trades have no rank (paper.md#59). */
const MIN_RANKED_TRADES = 30;

/** The record of one epoch of an account. */
export interface PerformanceInput {
  readonly initialBalance: number;
  /** Time between two points of the curve, ms. */
  readonly decisionMs: number;
  readonly curve: CurveTally;
  readonly trades: TradeTally;
  /** Sum of the ledger lines by kind. */
  readonly totals: Readonly<Partial<Record<LedgerKind, number>>>;
  readonly intervals: RatioIntervals;
  /** Start of the epoch and time of its last point, ms. */
  readonly from: number;
  readonly to: number;
  /** Prices of the symbol at `from` and now; null if unknown. */
  readonly priceFrom: number | null;
  readonly priceTo: number | null;
}

/** paper.md#51 to paper.md#56. Ratios and shares are numbers (0.1 for 10 %), null if undefined. */
export interface Performance extends TradeStatistics, Ratios {
  readonly intervals: RatioIntervals;
  readonly maxDrawdown: number;
  /** Share of the time with open lots. */
  readonly exposureTime: number | null;
  readonly tradesPerWeek: number | null;
  readonly feesPaid: number;
  /** Positive if more was paid than received. */
  readonly fundingPaid: number;
  readonly buyAndHold: number | null;
  /** Whether there are too few trades to judge the account. */
  readonly tooEarly: boolean;
}

export function performanceOf(input: PerformanceInput): Performance {
  const { curve, totals, intervals, from, to, priceFrom, priceTo } = input;
  const trades = input.trades.statistics();
  return {
    ...trades,
    ...ratiosOf(momentsOf(curve.returns), input.decisionMs),
    totalReturn: curve.lastEquity / input.initialBalance - 1,
    intervals,
    maxDrawdown: curve.maxDrawdown,
    exposureTime: curve.points > 0 ? curve.pointsWithLots / curve.points : null,
    tradesPerWeek: to > from ? (trades.trades * WEEK_MS) / (to - from) : null,
    feesPaid: -((totals.entry_fee ?? 0) + (totals.exit_fee ?? 0)) + 0,
    fundingPaid: -(totals.funding ?? 0) + 0,
    buyAndHold: priceFrom === null || priceTo === null ? null : priceTo / priceFrom - 1,
    tooEarly: trades.trades < MIN_RANKED_TRADES,
  };
}

/** Ranks by return, from 1; null for accounts with too few trades (paper.md#59). */
export function rankByReturn(
  performances: readonly Pick<Performance, 'totalReturn' | 'tooEarly'>[],
): (number | null)[] {
  const ranked = performances.filter(({ tooEarly }) => !tooEarly);
  return performances.map(({ totalReturn, tooEarly }) =>
    tooEarly ? null : 1 + ranked.filter((other) => other.totalReturn > totalReturn).length,
  );
}
