import type { Intervals } from './bootstrap.ts';
import { adjustedSharpe, annualReturn, annualSharpe, type SharpeParts, sortino } from './daily-ratios.ts';
import {
  extremeCode,
  type GatedFigure,
  LIMITS,
  type RecordCounts,
  type WithheldCode,
  withheldFigures,
} from './gates.ts';
import type { Interval } from './interval.ts';
import { probabilisticSharpe, weeksToTell } from './probabilistic-sharpe.ts';
import type { TradeTally } from './trade-tally.ts';
import { wilsonInterval } from './wilson.ts';

const DAYS_PER_WEEK = 7;

/** Figures that need evidence: each a number, or null with a code in `WithheldFigures`. */
export interface Figures {
  /** Of a year, from daily returns. */
  readonly sharpe: number | null;
  /** Lower where days resemble those before them. */
  readonly sharpeAdjusted: number | null;
  readonly sortino: number | null;
  readonly intervals: Intervals | null;
  /** Probability that the true Sharpe ratio is above 0. */
  readonly probabilisticSharpe: number | null;
  /** Weeks until that is told from chance; null without a code: never at this pace. */
  readonly weeksToTell: number | null;
  readonly annualReturn: number | null;
  readonly calmar: number | null;
  readonly winRate: number | null;
  readonly winRateInterval: Interval | null;
  /** Averages in quote currency and in percent of the margin; of losses negative. */
  readonly averageWin: number | null;
  readonly averageWinPct: number | null;
  readonly averageLoss: number | null;
  readonly averageLossPct: number | null;
  readonly averagePct: number | null;
  readonly profitFactor: number | null;
  readonly tradesPerWeek: number | null;
}

/** `deflatedSharpe` and `rank` are computed from other records too. */
type FigureName = keyof Figures | GatedFigure;
export type WithheldFigures = Readonly<Partial<Record<FigureName, WithheldCode>>>;

export interface FigureInput {
  readonly counts: RecordCounts;
  /** Simple daily returns, and what they are made of. */
  readonly returns: readonly number[];
  readonly parts: SharpeParts | null;
  readonly totalReturn: number;
  readonly trades: TradeTally;
  readonly intervals: Intervals | null;
  /** Whether the range touches that on which the package was trained. */
  readonly inSample: boolean;
}

/** Figures that a range on which the package was trained says nothing about (statistics.md#13). */
const EVIDENCE = ['probabilisticSharpe', 'deflatedSharpe', 'weeksToTell', 'rank'] as const;

/** Collects why figures are null. */
class FigureSheet {
  readonly withheld: Partial<Record<FigureName, WithheldCode>>;

  constructor(counts: RecordCounts) {
    this.withheld = withheldFigures(counts);
  }

  /**
   * A figure that needs what `gate` needs; NaN and values beyond `limit` are withheld.
   * @param compute null where the figure is null without a reason
   */
  figure(name: FigureName, gate: FigureName, compute: () => number | null, limit = Infinity): number | null {
    const value = this.withheld[gate] === undefined ? compute() : null;
    const code = value === null ? null : extremeCode(value, limit);
    if (code !== null) this.withheld[name] = code;
    return value === null || code !== null ? null : value + 0;
  }
}

/** Computes the figures that a record supports, and says why the others are null. */
export function figuresOf(input: FigureInput): {
  readonly figures: Figures;
  readonly withheld: WithheldFigures;
  /** Whether there is enough evidence for ratios at all. */
  readonly showsParts: boolean;
} {
  const sheet = new FigureSheet(input.counts);
  const showsParts = sheet.withheld.sharpe === undefined;
  if (input.inSample) for (const name of EVIDENCE) sheet.withheld[name] ??= 'IN_SAMPLE';
  const figures = { ...riskFigures(input, sheet), ...tradeFigures(input, sheet) };
  return { figures, withheld: sheet.withheld, showsParts };
}

function riskFigures({ counts, returns, parts, totalReturn, intervals }: FigureInput, sheet: FigureSheet) {
  const ofParts = (compute: (parts: SharpeParts) => number | null) => () =>
    parts === null ? Number.NaN : compute(parts);
  const yearly = annualReturn(totalReturn, counts.spanDays);
  // Ratios come last: one that is beyond its limit still supports the figures that need the same evidence.
  const probability = sheet.figure(
    'probabilisticSharpe',
    'probabilisticSharpe',
    ofParts(probabilisticSharpe),
  );
  const weeks = sheet.figure('weeksToTell', 'weeksToTell', ofParts(weeksToTell));
  const adjusted = sheet.figure('sharpeAdjusted', 'sharpe', ofParts(adjustedSharpe), LIMITS.sharpeAdjusted);
  const yearlySharpe = ofParts(({ dailySharpe }) => annualSharpe(dailySharpe));
  return {
    probabilisticSharpe: probability,
    weeksToTell: weeks,
    sharpeAdjusted: adjusted,
    sharpe: sheet.figure('sharpe', 'sharpe', yearlySharpe, LIMITS.sharpe),
    sortino: sheet.figure('sortino', 'sortino', () => sortino(returns) ?? Number.NaN, LIMITS.sortino),
    intervals: sheet.withheld.intervals === undefined ? intervals : null,
    calmar: sheet.figure('calmar', 'calmar', () => yearly / counts.drawdown, LIMITS.calmar),
    annualReturn: sheet.figure('annualReturn', 'annualReturn', () => yearly, LIMITS.annualReturn),
  };
}

function tradeFigures({ counts, trades: { all, wins, losses } }: FigureInput, sheet: FigureSheet) {
  const { lots, positions, spanDays } = counts;
  const showsInterval = lots > 0 && sheet.withheld.winRateInterval === undefined;
  return {
    winRate: sheet.figure('winRate', 'winRate', () => wins.count / lots),
    winRateInterval: showsInterval ? wilsonInterval(wins.count / lots, positions) : null,
    averageWin: sheet.figure('averageWin', 'averageWin', () => wins.money / wins.count),
    averageWinPct: sheet.figure('averageWinPct', 'averageWin', () => wins.percent / wins.count),
    averageLoss: sheet.figure('averageLoss', 'averageLoss', () => losses.money / losses.count),
    averageLossPct: sheet.figure('averageLossPct', 'averageLoss', () => losses.percent / losses.count),
    averagePct: sheet.figure('averagePct', 'winRate', () => all.percent / lots),
    profitFactor: sheet.figure(
      'profitFactor',
      'profitFactor',
      () => wins.money / -losses.money,
      LIMITS.profitFactor,
    ),
    tradesPerWeek: sheet.figure('tradesPerWeek', 'tradesPerWeek', () => (lots * DAYS_PER_WEEK) / spanDays),
  };
}
