import type { LedgerKind } from '../trading/ledger.ts';
import type { RatioIntervals } from './bootstrap.ts';
import type { EquityCurve } from './equity-curve.ts';
import { allMoments, type Ratios, ratiosOf } from './returns.ts';
import type { TradeStatistics, TradeTally } from './trades.ts';

const WEEK_MS = 7 * 24 * 60 * 60_000;

/** Fewer closed trades say too little to rank by (paper.md#59). */
const FEWEST_RANKED_TRADES = 30;

/** What an account did in one epoch. */
export interface PerformanceInput {
  readonly initialBalance: number;
  readonly curve: EquityCurve;
  readonly trades: TradeTally;
  /** Sum of the ledger lines by kind. */
  readonly totals: Readonly<Partial<Record<LedgerKind, number>>>;
  readonly intervals: RatioIntervals;
  /** When it began and when its last point is, ms. */
  readonly from: number;
  readonly to: number;
  /** The symbol's price at `from` and `to`; null where it is not known. */
  readonly priceFrom: number | null;
  readonly priceTo: number | null;
}

/** The statistics of paper.md#51 to paper.md#56; ratios and shares as numbers (0.1 for 10 %), null where undefined. */
export interface Performance extends TradeStatistics, Ratios {
  readonly intervals: RatioIntervals;
  readonly maxDrawdown: number;
  /** Share of the time with open lots. */
  readonly exposureTime: number | null;
  readonly tradesPerWeek: number | null;
  readonly feesPaid: number;
  /** Positive where more was paid than received. */
  readonly fundingPaid: number;
  readonly buyAndHold: number | null;
  /** Whether there are too few trades to say anything. */
  readonly tooEarly: boolean;
}

/** Puts the statistics together; costs the same however long the curve is. */
export function performanceOf(input: PerformanceInput): Performance {
  const { curve, totals, intervals, from, to, priceFrom, priceTo } = input;
  const trades = input.trades.statistics();
  return {
    ...trades,
    ...ratiosOf(allMoments(curve.returns)),
    totalReturn: curve.last / input.initialBalance - 1,
    intervals,
    maxDrawdown: curve.maxDrawdown,
    exposureTime: curve.points > 0 ? curve.pointsWithLots / curve.points : null,
    tradesPerWeek: to > from ? (trades.trades * WEEK_MS) / (to - from) : null,
    feesPaid: -((totals.entry_fee ?? 0) + (totals.exit_fee ?? 0)) + 0,
    fundingPaid: -(totals.funding ?? 0) + 0,
    buyAndHold: priceFrom === null || priceTo === null ? null : priceTo / priceFrom - 1,
    tooEarly: trades.trades < FEWEST_RANKED_TRADES,
  };
}

/** The ranks, from 1, of accounts by return; null for those with too few trades. */
export function ranksOf(
  performances: readonly Pick<Performance, 'totalReturn' | 'tooEarly'>[],
): (number | null)[] {
  const ranked = performances.filter(({ tooEarly }) => !tooEarly);
  return performances.map(({ totalReturn, tooEarly }) =>
    tooEarly ? null : 1 + ranked.filter((other) => other.totalReturn > totalReturn).length,
  );
}
