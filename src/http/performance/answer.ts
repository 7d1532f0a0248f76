import type { TradeCounts } from '../../accounts/history-repository.ts';
import type { Overview } from '../../accounts/overview.ts';
import { totalMargin } from '../../pipeline/account-state.ts';
import type { ForecastQuality } from '../../statistics/forecast-quality.ts';
import { NEEDED } from '../../statistics/gates.ts';
import type { Performance } from '../../statistics/performance.ts';
import type { JudgedByTrials } from '../../statistics/trials.ts';
import { freeBalance } from '../../trading/account.ts';
import { accountLotOf } from '../../trading/lot.ts';
import { answerOfQuality } from './quality-answer.ts';
import type { CurrentStatsAnswer, PerformanceAnswer } from './schema.ts';
import { answerOfStatistics, answerOfTrials, answerOfWorth } from './statistics-answer.ts';

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
    win_rate: counts.trades < NEEDED.winRateLots ? null : (counts.wins / counts.trades) * 100,
    open_positions_count: openLots,
    open_exposure_usdt: openMargin,
    open_exposure_pct: equity > 0 ? (openMargin / equity) * 100 : 0,
    available_slots: Math.max(0, maxPositions - openLots),
  };
}

type JudgedOnce = ReturnType<typeof answerOfStatistics> &
  ReturnType<typeof answerOfWorth> &
  Pick<PerformanceAnswer, 'forecast_quality'>;

const known = new WeakMap<Performance, { quality: ForecastQuality | null; part: JudgedOnce }>();

/**
 * The part of an answer that stays as it is until the record or its forecasts change; the same object until then.
 * @param quality null if it was never measured
 */
export function answerOfRecord(computed: Performance, quality: ForecastQuality | null): JudgedOnce {
  const before = known.get(computed);
  if (before?.quality === quality) return before.part;
  const part = {
    ...answerOfStatistics(computed),
    ...answerOfWorth(computed, quality),
    forecast_quality: quality && answerOfQuality(quality),
  };
  known.set(computed, { quality, part });
  return part;
}

/** The performance of a live account. @param quality null if it was never measured */
export function answerOfPerformance(
  overview: Overview,
  computed: Performance,
  quality: ForecastQuality | null,
  judged: JudgedByTrials,
): PerformanceAnswer {
  return {
    ...answerOfCurrentStats(overview),
    ...answerOfTrials(judged),
    ...answerOfRecord(computed, quality),
  };
}
