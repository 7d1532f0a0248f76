import type { DecisionCounts } from '../accounts/result-rows-repository.ts';
import { DAY_MS } from '../candle.ts';
import type { LedgerKind } from '../trading/ledger.ts';
import { roundMoney } from '../trading/money.ts';
import type { Intervals } from './bootstrap.ts';
import type { CurvePoint, CurveTally } from './curve-tally.ts';
import { type DailyReturns, NO_DAYS } from './daily-equity.ts';
import { type SharpeParts, sharpeParts, varies } from './daily-ratios.ts';
import { type Drawdown, DrawdownTally } from './drawdown-tally.ts';
import { type Figures, figuresOf, type WithheldFigures } from './figures.ts';
import { finiteOrNull } from './finite-number.ts';
import type { RecordCounts } from './gates.ts';
import type { Histogram } from './histogram.ts';
import type { PeriodTables } from './period-tally.ts';
import { timeIn } from './position-tally.ts';
import type { TradesByReason, TradeTally } from './trade-tally.ts';
import { midnightAfter } from './utc-days.ts';

/** The record of one epoch of an account. Times in ms, money in quote currency. */
export interface RecordInput {
  readonly curve: CurveTally;
  readonly trades: TradeTally;
  /** The newest equity, after the last point of the curve or at its time; null if unknown. */
  readonly mark: CurvePoint | null;
  /** When the oldest lot that is still open was opened; null without one. */
  readonly firstOpen: number | null;
  /** When the kill switch stopped the account, ms; null if it did not. Nothing changes its equity afterwards. */
  readonly killedAt: number | null;
}

export interface PerformanceInput extends RecordInput {
  /** Of the daily returns; null before they are computed. */
  readonly intervals: Intervals | null;
  /** Whether the range touches that on which the package was trained. */
  readonly inSample: boolean;
  /** Sum of the ledger lines by kind. */
  readonly totals: Readonly<Partial<Record<LedgerKind, number>>>;
  /** Candles with a row, and those that were decided on. */
  readonly decisions: DecisionCounts;
  /** Prices of the symbol at the begin and now; null if unknown. */
  readonly priceFrom: number | null;
  readonly priceTo: number | null;
}

/** Results of an account (statistics.md#1 to statistics.md#18). Ratios and shares are numbers (0.1 for 10 %). */
export interface Performance {
  /** From the begin to the last point, ms. */
  readonly range: { readonly from: number; readonly to: number };
  /** Whether the range touches that on which the package was trained. */
  readonly inSample: boolean;
  readonly totalReturn: number;
  readonly totalPnl: number;
  readonly drawdown: Drawdown;
  readonly counts: RecordCounts;
  /** Candles with a row, and those that were decided on. */
  readonly decisions: DecisionCounts;
  readonly periods: PeriodTables;
  /** Share of the time with open lots; null before the first point. */
  readonly timeInMarket: number | null;
  /** Of net results in percent of the margin; null without trades. */
  readonly histogram: Histogram | null;
  readonly byReason: Readonly<Record<string, TradesByReason>>;
  readonly feesPaid: number;
  /** Positive if more was paid than received. */
  readonly fundingPaid: number;
  readonly buyAndHold: number | null;
  /** Simple returns of whole UTC days; none after a ruin. */
  readonly dailyReturns: DailyReturns;
  readonly sharpeParts: SharpeParts | null;
  readonly figures: Figures;
  /** Why figures are null. */
  readonly withheld: WithheldFigures;
}

/** The simple returns of an account's whole UTC days; none after a ruin (statistics.md#8). */
export function dailyReturnsOf({ curve, mark, killedAt }: RecordInput): DailyReturns {
  const { started } = curve;
  if (started === null || isRuined(curve, mark)) return NO_DAYS;
  return started.days.returns(killedAt === null ? null : midnightAfter(killedAt));
}

/** All results of a record. */
export function performanceOf(input: PerformanceInput): Performance {
  const { curve, trades, totals, priceFrom, priceTo, intervals, inSample } = input;
  const { decisionMs, initialBalance } = curve;
  const last = curve.last;
  const mark = newerMark(input);
  const end = mark ?? last;
  const equity = end?.equity ?? initialBalance;
  const from = curve.started?.from ?? end?.time ?? 0;
  const to = end?.time ?? from;
  const drawdown = drawdownOf(curve, mark);
  const dailyReturns = dailyReturnsOf(input);
  const { firstOpen } = input;
  const positions = trades.positions.read(to, firstOpen === null ? null : { since: firstOpen, sums: 0 });
  const counts: RecordCounts = {
    ...countDays(dailyReturns.values),
    spanDays: (to - from) / DAY_MS,
    ruined: isRuined(curve, mark),
    drawdown: drawdown.depth,
    ...{ lots: trades.all.count, wins: trades.wins.count, losses: trades.losses.count },
    positions: positions.length,
    positionsWithClosedLots: positions.filter(({ sums: closedLots }) => closedLots > 0).length,
  };
  const parts = sharpeParts(dailyReturns.values);
  const totalReturn = equity / initialBalance - 1 + 0;
  const { figures, withheld, showsParts } = figuresOf({
    ...{ counts, returns: dailyReturns.values, parts, totalReturn, trades, intervals, inSample },
  });
  return {
    range: { from, to },
    inSample,
    totalReturn,
    totalPnl: roundMoney(equity - initialBalance),
    drawdown,
    counts,
    decisions: input.decisions,
    periods: curve.periods.read(
      mark === null ? undefined : { openTime: markedCandle(mark, last, decisionMs), equity: mark.equity },
    ),
    timeInMarket: to > from ? timeIn(positions, to) / (to - from) : null,
    histogram: trades.histogram(),
    byReason: trades.byReason(),
    feesPaid: -((totals.entry_fee ?? 0) + (totals.exit_fee ?? 0)) + 0,
    fundingPaid: -(totals.funding ?? 0) + 0,
    buyAndHold: priceFrom === null || priceTo === null ? null : finiteOrNull(priceTo / priceFrom - 1),
    dailyReturns,
    sharpeParts: showsParts ? parts : null,
    figures,
    withheld,
  };
}

/** The mark, unless the last point says the same. */
function newerMark({ curve, mark }: RecordInput): CurvePoint | null {
  const { last } = curve;
  if (mark === null || (last !== null && mark.time <= last.time && mark.equity === last.equity)) return null;
  return { equity: mark.equity, time: Math.max(mark.time, last?.time ?? mark.time) };
}

/** A time in the candle that a mark belongs to: the one after the last point, or that of the last point. */
function markedCandle(mark: CurvePoint, last: CurvePoint | null, decisionMs: number): number {
  return last !== null && mark.time > last.time ? last.time : mark.time - decisionMs;
}

function drawdownOf(curve: CurveTally, mark: CurvePoint | null): Drawdown {
  const start = curve.started?.drawdown ?? new DrawdownTally(mark?.time ?? 0, curve.initialBalance);
  if (mark === null) return start.read();
  const marked = start.clone();
  marked.add(mark.time, mark.equity);
  return marked.read();
}

function isRuined(curve: CurveTally, mark: CurvePoint | null): boolean {
  return curve.isRuined || (mark !== null && mark.equity <= 0);
}

function countDays(returns: readonly number[]) {
  return {
    days: returns.length,
    activeDays: returns.filter((value) => value !== 0).length,
    losingDays: returns.filter((value) => value < 0).length,
    equalDays: !varies(returns),
  };
}
