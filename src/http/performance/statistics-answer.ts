import { isoTimeOrNull } from '../../runtime/iso-time.ts';
import { snakeKeys } from '../../runtime/key-case.ts';
import { decidedShare, isPartlyDecided } from '../../statistics/decided-share.ts';
import type { Figures } from '../../statistics/figures.ts';
import type { ForecastQuality } from '../../statistics/forecast-quality.ts';
import { LIMITS, NEEDED } from '../../statistics/gates.ts';
import type { Interval } from '../../statistics/interval.ts';
import type { Performance } from '../../statistics/performance.ts';
import type { JudgedByTrials } from '../../statistics/trials.ts';
import { worthOf } from '../../statistics/worth.ts';

/** Pages show no probability above this. */
const LARGEST_PROBABILITY = 0.999;

/** The statistics of an account or a replay; a figure is a number, or null with a code in `withheld`. */
export function answerOfStatistics(computed: Performance) {
  const { figures, counts, drawdown } = computed;
  const { sharpe, sharpeAdjusted, sortino, calmar, profitFactor, tradesPerWeek, weeksToTell } = figures;
  return {
    ...snakeKeys({ sharpe, sharpeAdjusted, sortino, calmar, profitFactor, tradesPerWeek, weeksToTell }),
    avg_pnl_pct: figures.averagePct,
    avg_win_pct: figures.averageWinPct,
    avg_loss_pct: figures.averageLossPct,
    avg_win_usdt: figures.averageWin,
    avg_loss_usdt: figures.averageLoss,
    win_rate_interval_pct: figures.winRateInterval && pairOf(figures.winRateInterval, 100),
    annual_return_pct: percent(figures.annualReturn),
    probabilistic_sharpe:
      figures.probabilisticSharpe && Math.min(LARGEST_PROBABILITY, figures.probabilisticSharpe),
    intervals: answerOfIntervals(figures),
    total_fees_paid: computed.feesPaid,
    funding_paid: computed.fundingPaid,
    max_drawdown_pct: drawdown.depth * 100,
    drawdown: {
      current_pct: drawdown.current * 100,
      peak_at: isoTimeOrNull(drawdown.peakAt),
      trough_at: isoTimeOrNull(drawdown.troughAt),
      recovered_at: isoTimeOrNull(drawdown.recoveredAt),
      duration_ms: drawdown.durationMs,
      longest_under_water_ms: drawdown.longestUnderWaterMs,
    },
    exposure_time_pct: percent(computed.timeInMarket),
    by_exit_reason: answerOfReasons(computed.byReason),
    buy_and_hold_pct: percent(computed.buyAndHold),
    counts: {
      days: counts.days,
      active_days: counts.activeDays,
      span_days: counts.spanDays,
      lots: counts.lots,
      wins: counts.wins,
      losses: counts.losses,
      positions: counts.positions,
      positions_with_closed_lots: counts.positionsWithClosedLots,
    },
    decided_pct: percent(decidedShare(computed.decisions)),
    partly_decided: isPartlyDecided(computed.decisions),
    withheld: answerOfWithheld(computed),
    too_early: isTooEarly(computed),
  };
}

/** What may be said about the worth of a package. */
export function answerOfWorth(computed: Performance, quality: ForecastQuality | null) {
  const { code, sentence, parts } = worthOf(computed, quality);
  return { worth: { code, sentence, parts: { ...parts } } };
}

/** What is left of a Sharpe ratio beside everything that was tried. */
export function answerOfTrials({
  counted,
  declared,
  effective,
  deflatedSharpe,
  weeksToTell,
}: JudgedByTrials) {
  return {
    deflated_sharpe: deflatedSharpe && Math.min(LARGEST_PROBABILITY, deflatedSharpe),
    trials: { counted, declared, effective, weeks_to_tell: weeksToTell },
  };
}

/** Results by period, and of trades in percent of their margin. */
export function answerOfTables({ periods, histogram }: Performance) {
  const rowsOf = (rows: Performance['periods']['daily']) =>
    rows.map(({ period, pnl, candles }) => ({ period, pnl_usdt: pnl, candles }));
  return {
    pnl_by_day: rowsOf(periods.daily),
    pnl_by_week: rowsOf(periods.weekly),
    pnl_by_month: rowsOf(periods.monthly),
    histogram: histogram && {
      width_pct: histogram.width,
      first_bin: histogram.firstBin,
      counts: [...histogram.counts],
    },
  };
}

/** Whether there are too few days or trades to judge the account. */
function isTooEarly({ withheld: { rank } }: Pick<Performance, 'withheld'>): boolean {
  return rank !== undefined && rank !== 'IN_SAMPLE' && rank !== 'RUINED';
}

/** Why an account has no rank, in a few words; null if it can have one. */
export function noRankVerdict({ withheld: { rank } }: Pick<Performance, 'withheld'>): string | null {
  if (rank === undefined) return null;
  if (rank === 'IN_SAMPLE') return 'in sample: no evidence';
  return rank === 'RUINED' ? 'ruined' : 'too early';
}

/** Fields of answers by figure, where the name is not that of the figure. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  winRate: ['win_rate', 'avg_pnl_pct'],
  winRateInterval: ['win_rate_interval_pct'],
  averageWin: ['avg_win_usdt', 'avg_win_pct'],
  averageLoss: ['avg_loss_usdt', 'avg_loss_pct'],
  averageWinPct: ['avg_win_pct'],
  averageLossPct: ['avg_loss_pct'],
  averagePct: ['avg_pnl_pct'],
  annualReturn: ['annual_return_pct'],
};

function answerOfWithheld({ withheld }: Performance): Record<string, string> {
  const codes = Object.entries(withheld).flatMap(([figure, code]) =>
    (FIELDS[figure] ?? Object.keys(snakeKeys({ [figure]: code }))).map((field) => [field, code] as const),
  );
  return Object.fromEntries(codes);
}

function answerOfIntervals({ intervals }: Figures) {
  return {
    total_return_pct: intervals?.totalReturn ? pairOf(intervals.totalReturn, 100) : null,
    sharpe: intervals?.sharpe ? cutOff(intervals.sharpe, LIMITS.sharpe) : null,
    sortino: intervals?.sortino ? cutOff(intervals.sortino, LIMITS.sortino) : null,
    max_drawdown_pct: intervals?.maxDrawdown ? pairOf(intervals.maxDrawdown, 100) : null,
  };
}

/** A group below 10 lots shows money only. */
function answerOfReasons(byReason: Performance['byReason']) {
  return Object.fromEntries(
    Object.entries(byReason).map(([reason, { trades, netPnl, wins }]) => [
      reason,
      { trades, pnl_usdt: netPnl, win_rate: trades < NEEDED.winRateLots ? null : (wins / trades) * 100 },
    ]),
  );
}

export function percent(share: number | null): number | null {
  return share === null ? null : share * 100;
}

function pairOf([lower, upper]: Interval, factor: number): [number, number] {
  return [lower * factor, upper * factor];
}

/** An interval within the limits of its figure. */
function cutOff(interval: Interval, limit: number): [number, number] {
  const [lower, upper] = interval.map((end) => Math.max(-limit, Math.min(limit, end)));
  return [lower!, upper!];
}
