import type { TradeCounts } from '../../accounts/history-repository.ts';
import type { Overview } from '../../accounts/overview.ts';
import { totalMargin } from '../../pipeline/account-state.ts';
import { isoTimeOrNull } from '../../runtime/iso-time.ts';
import { snakeKeys } from '../../runtime/key-case.ts';
import type { ForecastQuality } from '../../statistics/forecast-quality.ts';
import type { Performance } from '../../statistics/performance.ts';
import { freeBalance } from '../../trading/account.ts';
import { accountLotOf } from '../../trading/lot.ts';
import type { CurrentStatsAnswer, ForecastQualityAnswer, PerformanceAnswer } from './schema.ts';

const HOUR_MS = 60 * 60_000;

/** What the current figures of an account or a replay are computed from; money in quote currency. */
export interface CurrentFigures {
  readonly initialBalance: number;
  readonly freeBalance: number;
  readonly equity: number;
  readonly openLots: number;
  readonly openMargin: number;
  readonly maxPositions: number;
  readonly counts: TradeCounts;
}

export function answerOfCurrentStats({ account, counts, equity }: Overview): CurrentStatsAnswer {
  return answerOfFigures({
    initialBalance: account.initialBalance,
    freeBalance: freeBalance(account),
    equity,
    openLots: account.lots.length,
    openMargin: totalMargin(account.lots.map(accountLotOf)),
    maxPositions: account.settings.maxPositions,
    counts,
  });
}

export function answerOfFigures(figures: CurrentFigures): CurrentStatsAnswer {
  const { initialBalance, equity, counts, openLots, openMargin, maxPositions } = figures;
  const profit = equity - initialBalance;
  return {
    initial_balance: initialBalance,
    current_balance: figures.freeBalance,
    total_equity: equity,
    total_return_pct: (profit / initialBalance) * 100,
    total_return_usdt: profit,
    total_trades: counts.trades,
    winning_trades: counts.wins,
    losing_trades: counts.losses,
    win_rate: counts.trades === 0 ? null : (counts.wins / counts.trades) * 100,
    open_positions_count: openLots,
    open_exposure_usdt: openMargin,
    open_exposure_pct: equity > 0 ? (openMargin / equity) * 100 : 0,
    available_slots: Math.max(0, maxPositions - openLots),
  };
}

/** The performance of a live account. @param quality null if it was never measured */
export function answerOfPerformance(
  overview: Overview,
  computed: Performance,
  quality: ForecastQuality | null,
): PerformanceAnswer {
  return {
    ...answerOfCurrentStats(overview),
    ...answerOfStatistics(computed),
    forecast_quality: quality && answerOfQuality(quality),
  };
}

export function answerOfStatistics(computed: Performance) {
  const { fundingPaid, profitFactor, sharpe, sortino, tradesPerWeek, tooEarly, intervals } = computed;
  return {
    ...snakeKeys({ fundingPaid, profitFactor, sharpe, sortino, tradesPerWeek, tooEarly }),
    avg_pnl_pct: computed.averagePct,
    avg_win_pct: computed.averageWinPct,
    avg_loss_pct: computed.averageLossPct,
    avg_win_usdt: computed.averageWin,
    avg_loss_usdt: computed.averageLoss,
    total_fees_paid: computed.feesPaid,
    max_drawdown_pct: computed.maxDrawdown * 100,
    intervals: {
      total_return_pct: intervals.totalReturn && pairOf(intervals.totalReturn, 100),
      sharpe: intervals.sharpe && pairOf(intervals.sharpe),
      sortino: intervals.sortino && pairOf(intervals.sortino),
    },
    exposure_time_pct: percent(computed.exposureTime),
    by_exit_reason: Object.fromEntries(
      Object.entries(computed.byReason).map(([reason, { trades, netPnl, winRate }]) => [
        reason,
        { trades, pnl_usdt: netPnl, win_rate: winRate * 100 },
      ]),
    ),
    buy_and_hold_pct: percent(computed.buyAndHold),
  };
}

function percent(share: number | null): number | null {
  return share === null ? null : share * 100;
}

function pairOf([lower, upper]: readonly [number, number], factor = 1): [number, number] {
  return [lower * factor, upper * factor];
}

export function answerOfQuality(quality: ForecastQuality): ForecastQualityAnswer {
  const { packageVersion, decisionMs, from, to, forecasts, horizons } = quality;
  return {
    package_version: packageVersion,
    from: isoTimeOrNull(from),
    to: isoTimeOrNull(to),
    forecasts,
    horizons: horizons.map(({ horizon, coverage, nominal, ...measured }) => ({
      ...snakeKeys(measured),
      horizon_steps: horizon,
      horizon_hours: (horizon * decisionMs) / HOUR_MS,
      coverage_pct: percent(coverage),
      nominal_pct: nominal * 100,
    })),
  };
}
