import type { Overview } from '../../accounts/overview.ts';
import { PaperdeskError } from '../../errors.ts';
import type { Exchange } from '../../market/exchange/exchange.ts';
import { isoTime, isoTimeOrNull } from '../../runtime/iso-time.ts';
import { camelKeys, snakeKeys } from '../../runtime/key-case.ts';
import { freeBalance } from '../../trading/account.ts';
import type { AccountPipeline } from '../../trading/account-pipeline.ts';
import type { AccountSettings } from '../../trading/settings.ts';
import type { AccountAnswer, CreateRequest } from './schema.ts';

export function answerOfAccount(
  overview: Overview,
  { isTrading }: Pick<Exchange, 'isTrading'>,
): AccountAnswer {
  const { stored, model, account: current, counts, equity, price, priceAt } = overview;
  const { settings } = current;
  return {
    model_id: current.id,
    model_package_id: stored.packageId,
    symbol: stored.symbol,
    symbol_trades: isTrading(stored.symbol),
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

/** @throws ACCOUNT_EXISTS if a request to create an account names other values than the existing one has */
export function requireSameAccount(
  { model_id, settings = {}, ...limits }: CreateRequest,
  existing: AccountAnswer,
): void {
  const differences = [
    ...differencesOf(limits, existing),
    ...differencesOf(settings, existing.settings).map((difference) => `settings.${difference}`),
  ];
  if (differences.length === 0) return;
  throw new PaperdeskError(
    'ACCOUNT_EXISTS',
    `${existing.model_id} exists with other values: ${differences.join('; ')}. Nothing was changed: reset the account with ` +
      'these values, delete it if it never traded, or choose another model_id.',
  );
}

function differencesOf(wanted: object, existing: object): string[] {
  const known = existing as Readonly<Record<string, unknown>>;
  return Object.entries(wanted)
    .filter(([name, value]) => value !== undefined && !isSame(value, known[name]))
    .map(([name, value]) => `${name} is ${known[name]}, not ${value}`);
}

/** Percentages are stored as shares. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= 1e-9 * Math.abs(a);
  return a === b;
}
