import type { z } from 'zod';
import type { TradeCounts } from '../../accounts/history-repository.ts';
import type { Overview } from '../../accounts/overview.ts';
import { totalMargin } from '../../pipeline/account-state.ts';
import type { Performance } from '../../statistics/performance.ts';
import { freeBalance } from '../../trading/account.ts';
import { accountLotOf, type ClosedLot, type Lot, lotPnl } from '../../trading/lot.ts';
import type { AccountSettings } from '../../trading/settings.ts';
import { isoTime } from '../shared/time-schema.ts';
import type { account, CreateRequest, currentStats, performance, position } from './schema.ts';

/** An account as it stands now. */
export function answerOfAccount({
  stored,
  model,
  account: current,
  counts,
  equity,
}: Overview): z.infer<typeof account> {
  const { settings } = current;
  return {
    model_id: current.id,
    model_package_id: stored.packageId,
    symbol: stored.symbol,
    status: current.status,
    warmup_required: model?.warmUpRequired ?? false,
    warmup_status: model?.warmUpStatus ?? null,
    balance_usdt: freeBalance(current),
    total_equity: equity,
    initial_balance: current.initialBalance,
    total_trades: counts.trades,
    winning_trades: counts.wins,
    losing_trades: counts.losses,
    ...answerOfLimits(settings),
    settings: answerOfRules(settings),
    epoch: current.epoch,
    created_at: isoTime(stored.createdAt),
    updated_at: isoTime(stored.updatedAt),
    reset_at: stored.resetAt === null ? null : isoTime(stored.resetAt),
  };
}

export function answerOfLimits(settings: AccountSettings) {
  return {
    max_positions: settings.maxPositions,
    default_leverage: settings.defaultLeverage,
    profit_target_pct: settings.profitTargetPct,
    time_limit_hours: settings.timeLimitHours,
  };
}

export function answerOfRules(settings: AccountSettings) {
  return {
    opposite: settings.opposite,
    stop_gap: settings.stopGap,
    hold_clock: settings.policyHoldClock,
    external_hold_clock: settings.externalHoldClock,
    funding: settings.funding,
    kill_level: settings.killLevel,
    default_margin_pct: settings.defaultMarginShare * 100,
    stop_loss_pct: settings.stopLossPct,
    min_confidence: settings.minConfidence,
  };
}

/** The settings that a request names, as accounts keep them. */
export function settingsOf(request: Omit<CreateRequest, 'model_id' | 'symbol'>): Partial<AccountSettings> {
  const { settings = {} } = request;
  const given = {
    maxPositions: request.max_positions,
    defaultLeverage: request.default_leverage,
    profitTargetPct: request.profit_target_pct,
    timeLimitHours: request.time_limit_hours,
    opposite: settings.opposite,
    stopGap: settings.stop_gap,
    policyHoldClock: settings.hold_clock,
    externalHoldClock: settings.external_hold_clock,
    funding: settings.funding,
    killLevel: settings.kill_level,
    defaultMarginShare:
      settings.default_margin_pct === undefined ? undefined : settings.default_margin_pct / 100,
    stopLossPct: settings.stop_loss_pct,
    minConfidence: settings.min_confidence,
  };
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<AccountSettings>;
}

/** A lot, open or closed; an open one is marked at `price` where that is known. */
export function answerOfPosition(
  lot: Lot | ClosedLot,
  symbol: string,
  price: number | null,
): z.infer<typeof position> {
  const closed = 'closedAt' in lot ? lot : null;
  const unrealised = closed !== null || price === null ? null : lotPnl(lot, price);
  const onMargin = (exit: number) => (Math.abs(exit - lot.entryPrice) / lot.entryPrice) * lot.leverage * 100;
  return {
    id: lot.id,
    symbol,
    side: sideOf(lot.side),
    entry_price: lot.entryPrice,
    exit_price: closed?.exitPrice ?? null,
    size_usdt: lot.notional,
    margin_usdt: lot.margin,
    leverage: lot.leverage,
    stop_loss: lot.stopLoss,
    take_profit: lot.takeProfit,
    take_profit_pct: onMargin(lot.takeProfit),
    stop_loss_pct: onMargin(lot.stopLoss),
    open_time: isoTime(lot.openedAt),
    close_time: closed === null ? null : isoTime(closed.closedAt),
    realized_pnl_pct: closed === null ? null : (closed.netPnl / lot.margin) * 100,
    realized_pnl_usdt: closed?.netPnl ?? null,
    unrealized_pnl_pct: unrealised === null ? null : (unrealised / lot.margin) * 100,
    unrealized_pnl_usdt: unrealised,
    fees_usdt: lot.entryFee + (closed?.exitFee ?? 0),
    funding_usdt: lot.funding,
    origin: lot.origin,
    status: closed === null ? 'OPEN' : 'CLOSED',
    close_reason: closed?.reason ?? null,
  };
}

export function sideOf(side: 'long' | 'short'): 'Long' | 'Short' {
  return side === 'long' ? 'Long' : 'Short';
}

/** The figures that need no history. */
export function answerOfStats({ account: current, counts, equity }: Overview): z.infer<typeof currentStats> {
  return answerOfFigures({
    initialBalance: current.initialBalance,
    freeBalance: freeBalance(current),
    equity,
    openLots: current.lots.length,
    openMargin: totalMargin(current.lots.map(accountLotOf)),
    maxPositions: current.settings.maxPositions,
    counts,
  });
}

/** What the figures of an account are made from. */
export interface Figures {
  readonly initialBalance: number;
  readonly freeBalance: number;
  readonly equity: number;
  readonly openLots: number;
  readonly openMargin: number;
  readonly maxPositions: number;
  readonly counts: TradeCounts;
}

export function answerOfFigures(figures: Figures): z.infer<typeof currentStats> {
  const { initialBalance, equity, counts, openLots, openMargin, maxPositions } = figures;
  const earned = equity - initialBalance;
  return {
    initial_balance: initialBalance,
    current_balance: figures.freeBalance,
    total_equity: equity,
    total_return_pct: (earned / initialBalance) * 100,
    total_return_usdt: earned,
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

/** All statistics of paper.md#51 to paper.md#56 beside them. */
export function answerOfPerformance(overview: Overview, computed: Performance): z.infer<typeof performance> {
  return { ...answerOfStats(overview), ...answerOfStatistics(computed) };
}

export function answerOfStatistics(computed: Performance) {
  const { intervals } = computed;
  return {
    avg_pnl_pct: computed.averagePct,
    avg_win_pct: computed.averageWinPct,
    avg_loss_pct: computed.averageLossPct,
    avg_win_usdt: computed.averageWin,
    avg_loss_usdt: computed.averageLoss,
    total_fees_paid: computed.feesPaid,
    funding_paid: computed.fundingPaid,
    profit_factor: computed.profitFactor,
    max_drawdown_pct: computed.maxDrawdown * 100,
    sharpe: computed.sharpe,
    sortino: computed.sortino,
    intervals: {
      total_return_pct: percentInterval(intervals.totalReturn),
      sharpe: pairOf(intervals.sharpe),
      sortino: pairOf(intervals.sortino),
    },
    exposure_time_pct: percent(computed.exposureTime),
    trades_per_week: computed.tradesPerWeek,
    by_exit_reason: Object.fromEntries(
      Object.entries(computed.byReason).map(([reason, { trades, netPnl, winRate }]) => [
        reason,
        { trades, pnl_usdt: netPnl, win_rate: winRate * 100 },
      ]),
    ),
    buy_and_hold_pct: percent(computed.buyAndHold),
    too_early: computed.tooEarly,
  };
}

function percent(share: number | null): number | null {
  return share === null ? null : share * 100;
}

function pairOf(interval: readonly [number, number] | null): [number, number] | null {
  return interval === null ? null : [interval[0], interval[1]];
}

function percentInterval(interval: readonly [number, number] | null): [number, number] | null {
  return interval === null ? null : [interval[0] * 100, interval[1] * 100];
}
