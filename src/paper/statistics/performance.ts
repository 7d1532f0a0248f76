import type { LedgerKind } from '../ledger.ts';
import { bootstrapIntervals, type RatioIntervals } from './bootstrap.ts';
import { allMoments, maxDrawdown, type Ratios, ratiosOf, returnSums } from './returns.ts';
import { type Trade, type TradeStatistics, tradeStatistics } from './trades.ts';

const WEEK_MS = 7 * 24 * 60 * 60_000;

/** Fewer closed trades say too little to rank by (paper.md, Statistics). */
const FEWEST_RANKED_TRADES = 30;

/** What an account did in one epoch. */
export interface PerformanceInput {
  readonly accountId: string;
  readonly initialBalance: number;
  /** Of the 15-minute curve, the first of them the initial balance. */
  readonly equity: Float64Array;
  /** How many of its points had open lots. */
  readonly pointsWithLots: number;
  /** When it began and when its last point is, ms. */
  readonly from: number;
  readonly to: number;
  readonly trades: Iterable<Trade>;
  /** Sum of the ledger lines by kind. */
  readonly totals: Readonly<Partial<Record<LedgerKind, number>>>;
  /** The symbol's price at `from` and `to`; null where it is not known. */
  readonly priceFrom: number | null;
  readonly priceTo: number | null;
}

/** The statistics of paper.md; ratios and shares as numbers (0.1 for 10 %), null where they are not defined. */
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

/** @param pause waited for now and then, so that a long curve holds up nobody */
export async function performanceOf(
  input: PerformanceInput,
  pause: () => Promise<void>,
): Promise<Performance> {
  const { equity, totals, from, to, priceFrom, priceTo } = input;
  const trades = tradeStatistics(input.trades);
  await pause();
  const sums = returnSums(equity);
  await pause();
  const points = equity.length - 1;
  return {
    ...trades,
    ...ratiosOf(allMoments(sums)),
    totalReturn: (equity.at(-1) ?? input.initialBalance) / input.initialBalance - 1,
    intervals: await bootstrapIntervals(sums, input.accountId, pause),
    maxDrawdown: maxDrawdown(equity),
    exposureTime: points > 0 ? input.pointsWithLots / points : null,
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
