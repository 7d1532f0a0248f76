import type { Overview } from '../../accounts/overview.ts';
import { isoTime, isoTimeOrNull } from '../../runtime/iso-time.ts';
import { camelKeys, snakeKeys } from '../../runtime/key-case.ts';
import { freeBalance } from '../../trading/account.ts';
import type { AccountPipeline } from '../../trading/account-pipeline.ts';
import type { AccountSettings } from '../../trading/settings.ts';
import type { AccountAnswer, CreateRequest } from './schema.ts';

export function answerOfAccount({
  stored,
  model,
  account: current,
  counts,
  equity,
  price,
  priceAt,
}: Overview): AccountAnswer {
  const { settings } = current;
  return {
    model_id: current.id,
    model_package_id: stored.packageId,
    symbol: stored.symbol,
    ...answerOfPipeline(current.pipeline),
    status: current.status,
    warmup_required: model?.warmUpRequired ?? false,
    warmup_status: model?.warmUpStatus ?? null,
    balance_usdt: freeBalance(current),
    total_equity: equity,
    mark_price: price,
    mark_time: isoTimeOrNull(priceAt),
    status_at: isoTimeOrNull(stored.statusAt),
    initial_balance: current.initialBalance,
    total_trades: counts.trades,
    winning_trades: counts.wins,
    losing_trades: counts.losses,
    ...answerOfSettings(settings),
    settings: answerOfSettings(settings),
    epoch: current.epoch,
    created_at: isoTime(stored.createdAt),
    updated_at: isoTime(stored.updatedAt),
    reset_at: isoTimeOrNull(stored.resetAt),
  };
}

export function answerOfPipeline({ decisionTimeframe, intrabarTimeframe, maxHoldSteps }: AccountPipeline) {
  return { decision_tf: decisionTimeframe, intrabar_tf: intrabarTimeframe, max_hold_steps: maxHoldSteps };
}

/** The limits and the other settings; the schema of each answer selects its own. */
export function answerOfSettings({ policyHoldClock, defaultMarginShare, ...settings }: AccountSettings) {
  return {
    ...snakeKeys(settings),
    hold_clock: policyHoldClock,
    default_margin_pct: defaultMarginShare * 100,
  };
}

/** The settings that a request names. */
export function settingsOf(request: Omit<CreateRequest, 'model_id' | 'symbol'>): Partial<AccountSettings> {
  const { max_positions, default_leverage, profit_target_pct, time_limit_hours } = request;
  const { hold_clock, default_margin_pct, ...settings } = request.settings ?? {};
  const given = {
    ...camelKeys({ max_positions, default_leverage, profit_target_pct, time_limit_hours, ...settings }),
    policyHoldClock: hold_clock,
    defaultMarginShare: default_margin_pct && default_margin_pct / 100,
  };
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<AccountSettings>;
}
