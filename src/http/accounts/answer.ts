import type { Overview } from '../../accounts/overview.ts';
import { freeBalance } from '../../trading/account.ts';
import type { AccountSettings } from '../../trading/settings.ts';
import { isoTime, isoTimeOrNull } from '../shared/times.ts';
import type { AccountAnswer, CreateRequest } from './schema.ts';

export function answerOfAccount({
  stored,
  model,
  account: current,
  counts,
  equity,
}: Overview): AccountAnswer {
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
    settings: answerOfSettings(settings),
    epoch: current.epoch,
    created_at: isoTime(stored.createdAt),
    updated_at: isoTime(stored.updatedAt),
    reset_at: isoTimeOrNull(stored.resetAt),
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

export function answerOfSettings(settings: AccountSettings) {
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

/** The settings that a request names. */
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
    defaultMarginShare: settings.default_margin_pct && settings.default_margin_pct / 100,
    stopLossPct: settings.stop_loss_pct,
    minConfidence: settings.min_confidence,
  };
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<AccountSettings>;
}
