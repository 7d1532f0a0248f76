/** What an account's record consists of, and so what can be said about it. */
export interface RecordCounts {
  /** Whole UTC days with a return, those with a return other than 0, and those with one below 0; none after a ruin. */
  readonly days: number;
  readonly activeDays: number;
  readonly losingDays: number;
  /** Whether all daily returns are equal. */
  readonly equalDays: boolean;
  /** From the begin to the last point, in days. */
  readonly spanDays: number;
  /** Whether equity was ever 0 or less. */
  readonly ruined: boolean;
  /** The deepest drawdown as a share of its peak. */
  readonly drawdown: number;
  /** Closed lots, and those that won and lost. */
  readonly lots: number;
  readonly wins: number;
  readonly losses: number;
  /** Stretches from flat to flat, each of one or more lots. */
  readonly positions: number;
  /** Those of them that a closed lot belongs to. */
  readonly positionsWithClosedLots: number;
}

/** Why a figure is null. */
export type WithheldCode =
  | 'RUINED'
  | 'FEW_DAYS'
  | 'FEW_ACTIVE_DAYS'
  | 'NO_TRADES'
  | 'FEW_TRADES'
  | 'FEW_POSITIONS'
  | 'NO_VARIATION'
  | 'NO_LOSSES'
  | 'FEW_LOSSES'
  | 'NO_DRAWDOWN'
  /** The replay covers candles that the package was trained on. */
  | 'IN_SAMPLE'
  /** Beyond the limit up to which the figure means something. */
  | 'ABOVE'
  | 'BELOW'
  /** Too large for a number, or a division by almost 0. */
  | 'NOT_FINITE';

/** Figures that the counts of a record can withhold. */
export type GatedFigure =
  | 'sharpe'
  | 'sortino'
  | 'intervals'
  | 'probabilisticSharpe'
  | 'deflatedSharpe'
  | 'rank'
  | 'weeksToTell'
  | 'annualReturn'
  | 'calmar'
  | 'winRate'
  | 'winRateInterval'
  | 'averageWin'
  | 'averageLoss'
  | 'profitFactor'
  | 'tradesPerWeek';

/** What a figure needs at least (statistics.md#12). */
export const NEEDED = {
  days: 30,
  activeDays: 10,
  lots: 31,
  positions: 10,
  annualDays: 90,
  calmarDays: 180,
  winRateLots: 10,
  groupLots: 10,
  averagedLots: 5,
  profitFactorLots: 20,
  profitFactorLosses: 5,
  weekDays: 7,
} as const;

type Reasons<Figure extends string> = Partial<Record<Figure, WithheldCode>>;

/** The figures that a record does not support, each with the first reason that applies (statistics.md#12). */
export function withheldFigures(counts: RecordCounts): Reasons<GatedFigure> {
  const risk = riskCode(counts);
  const found: { readonly [Figure in GatedFigure]: WithheldCode | null } = {
    sharpe: risk,
    sortino: risk ?? (counts.losingDays === 0 ? 'NO_LOSSES' : null),
    intervals: risk,
    probabilisticSharpe: risk,
    deflatedSharpe: risk,
    rank: risk,
    weeksToTell: risk,
    annualReturn: spanCode(counts, NEEDED.annualDays),
    calmar: spanCode(counts, NEEDED.calmarDays) ?? (counts.drawdown > 0 ? null : 'NO_DRAWDOWN'),
    ...tradeCodes(counts),
  };
  return Object.fromEntries(Object.entries(found).filter(([, code]) => code !== null));
}

/** Sharpe, Sortino, all intervals, probabilities and ranks. */
function riskCode(counts: RecordCounts): WithheldCode | null {
  if (counts.ruined) return 'RUINED';
  if (counts.days < NEEDED.days) return 'FEW_DAYS';
  if (counts.activeDays < NEEDED.activeDays) return 'FEW_ACTIVE_DAYS';
  if (counts.lots < NEEDED.lots) return 'FEW_TRADES';
  if (counts.positions < NEEDED.positions) return 'FEW_POSITIONS';
  return counts.equalDays ? 'NO_VARIATION' : null;
}

function spanCode({ ruined, spanDays }: RecordCounts, needed: number): WithheldCode | null {
  if (ruined) return 'RUINED';
  return spanDays < needed ? 'FEW_DAYS' : null;
}

function tradeCodes({ lots, wins, losses, positions, spanDays }: RecordCounts) {
  const few = (count: number, needed: number) => (count < needed ? 'FEW_TRADES' : null);
  return {
    winRate: lots === 0 ? 'NO_TRADES' : few(lots, NEEDED.winRateLots),
    winRateInterval: positions < NEEDED.positions ? 'FEW_POSITIONS' : null,
    averageWin: few(wins, NEEDED.averagedLots),
    averageLoss: few(losses, NEEDED.averagedLots),
    profitFactor: few(lots, NEEDED.profitFactorLots) ?? profitFactorCode(losses),
    tradesPerWeek: spanDays < NEEDED.weekDays ? 'FEW_DAYS' : null,
  } as const;
}

function profitFactorCode(losses: number): WithheldCode | null {
  if (losses === 0) return 'NO_LOSSES';
  return losses < NEEDED.profitFactorLosses ? 'FEW_LOSSES' : null;
}

/** Beyond these, in both directions, a figure says only `ABOVE` or `BELOW`; intervals are drawn cut off there. */
export const LIMITS = {
  sharpe: 10,
  sharpeAdjusted: 10,
  sortino: 20,
  calmar: 20,
  profitFactor: 20,
  /** 1,000 % */
  annualReturn: 10,
} as const;

/** Why a computed figure is not shown as it is; null if it is. */
export function extremeCode(value: number, limit: number): WithheldCode | null {
  if (!Number.isFinite(value)) return 'NOT_FINITE';
  if (value > limit) return 'ABOVE';
  return value < -limit ? 'BELOW' : null;
}
