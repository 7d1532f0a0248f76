import { z } from 'zod';
import { HORIZON_STEPS } from '../../dimensions.ts';
import { mlSignalAnswer } from '../decisions/schema.ts';

export const modelParams = z.object({ model_id: z.string().min(1).max(80) });

const status = z.enum(['ACTIVE', 'PAUSED', 'KILLED']);
const warmUp = z.enum(['PENDING', 'RUNNING', 'DONE', 'ERROR']);
const time = z.iso.datetime();
const maybe = z.number().nullable();

export const settings = z.object({
  opposite: z.enum(['flip', 'hold']).describe('what a signal against the open lots does'),
  stop_gap: z.enum(['open', 'stop']).describe('fill of a stop that a candle opens beyond'),
  hold_clock: z.enum(['training', 'wall']).describe('clock of lots that the policy opened'),
  external_hold_clock: z.enum(['training', 'wall']),
  funding: z.boolean(),
  kill_level: z.number().min(0).max(1).describe('share of the initial balance'),
  default_margin_pct: z.number().positive().max(10).describe('of the equity'),
  stop_loss_pct: z.number().positive().max(100).describe('return on margin'),
  min_confidence: z.number().min(0).max(100),
});

export const limits = z.object({
  max_positions: z.int().min(1).max(10),
  default_leverage: z.int().min(1).max(10),
  profit_target_pct: z.number().positive().max(1000).describe('return on margin'),
  time_limit_hours: z.number().positive().max(1000),
});

export const createRequest = limits.partial().extend({
  model_id: z.string().regex(/^[A-Za-z0-9_-]{1,80}$/, 'may have letters, digits, _ and -'),
  symbol: z.string().min(1).max(40).optional(),
  initial_balance: z.number().min(1).max(10_000_000).optional().describe('10,000 unless given'),
  settings: settings.partial().optional(),
});

export type CreateRequest = z.infer<typeof createRequest>;

export const account = limits
  .extend({
    model_id: z.string(),
    model_package_id: z.string().nullable(),
    symbol: z.string(),
    status,
    warmup_required: z.boolean(),
    warmup_status: warmUp.nullable().describe('null without a package'),
    balance_usdt: z.number().describe('wallet minus margins'),
    total_equity: z.number(),
    initial_balance: z.number(),
    total_trades: z.int(),
    winning_trades: z.int(),
    losing_trades: z.int(),
    settings,
    epoch: z.int(),
    created_at: time,
    updated_at: time,
    reset_at: time.nullable(),
  })
  .meta({ id: 'PaperAccount' });

const closeReason = z.enum([
  'LIQUIDATION',
  'STOP_LOSS',
  'TAKE_PROFIT',
  'TIME_LIMIT',
  'FLIP',
  'SIGNAL',
  'MANUAL',
  'KILLED',
  'RESET',
]);

export const position = z
  .object({
    id: z.string(),
    symbol: z.string(),
    side: z.enum(['Long', 'Short']),
    entry_price: z.number(),
    exit_price: z.number().nullable(),
    size_usdt: z.number().describe('notional at entry'),
    margin_usdt: z.number(),
    leverage: z.number(),
    stop_loss: z.number(),
    take_profit: z.number(),
    take_profit_pct: z.number().describe('return on margin, before fees'),
    stop_loss_pct: z.number(),
    open_time: time,
    close_time: time.nullable(),
    realized_pnl_pct: z.number().nullable().describe('return on margin after fees and funding'),
    realized_pnl_usdt: z.number().nullable(),
    unrealized_pnl_pct: z.number().nullable(),
    unrealized_pnl_usdt: z.number().nullable(),
    fees_usdt: z.number(),
    funding_usdt: z.number().describe('positive where it received'),
    origin: z.enum(['policy', 'external', 'manual']),
    status: z.enum(['OPEN', 'CLOSED']),
    close_reason: closeReason.nullable(),
  })
  .meta({ id: 'PaperPosition' });

const interval = z.tuple([z.number(), z.number()]).nullable();

export const forecastQuality = z
  .object({
    package_version: z.string(),
    from: time.nullable().describe('close of the first candle forecast on'),
    to: time.nullable(),
    forecasts: z.int(),
    horizons: z.array(
      z.object({
        horizon_steps: z.int().describe('of 15 minutes'),
        horizon_hours: z.number(),
        forecasts: z.int().describe('whose outcome is known'),
        coverage_pct: maybe.describe('outcomes inside the low-high band'),
        nominal_pct: z.number().describe('what the coverage should be'),
        compared: z.int().describe('forecasts with 2,880 returns of history before them'),
        pinball: maybe.describe('mean loss over the three quantiles'),
        historical_pinball: maybe.describe('the same of the quantiles of those returns'),
        skill: maybe.describe('1 - pinball / historical: above 0 is better than history'),
      }),
    ),
  })
  .meta({ id: 'ForecastQuality' });

/** What every answer to a poll brings along, and what the whole performance begins with. */
export const currentStats = z.object({
  initial_balance: z.number(),
  current_balance: z.number(),
  total_equity: z.number(),
  total_return_pct: z.number(),
  total_return_usdt: z.number(),
  total_trades: z.int(),
  winning_trades: z.int(),
  losing_trades: z.int(),
  win_rate: maybe.describe('percent'),
  open_positions_count: z.int(),
  open_exposure_usdt: z.number().describe('sum of the margins'),
  open_exposure_pct: z.number().describe('of the equity'),
  available_slots: z.int(),
});

export const performance = currentStats
  .extend({
    avg_pnl_pct: maybe,
    avg_win_pct: maybe,
    avg_loss_pct: maybe,
    avg_win_usdt: maybe,
    avg_loss_usdt: maybe,
    total_fees_paid: z.number(),
    funding_paid: z.number().describe('positive where more was paid than received'),
    profit_factor: maybe,
    max_drawdown_pct: z.number(),
    sharpe: maybe,
    sortino: maybe,
    intervals: z
      .object({ total_return_pct: interval, sharpe: interval, sortino: interval })
      .describe('90 %, by a block bootstrap'),
    exposure_time_pct: maybe,
    trades_per_week: maybe,
    by_exit_reason: z.record(
      z.string(),
      z.object({ trades: z.int(), pnl_usdt: z.number(), win_rate: z.number() }),
    ),
    buy_and_hold_pct: maybe.describe('of the symbol over the same time'),
    too_early: z.boolean().describe('fewer than 30 closed trades'),
  })
  .meta({ id: 'PaperPerformance' });

/** The same with the quality of the forecasts behind it. */
export const performanceWithForecasts = performance
  .extend({
    forecast_quality: forecastQuality
      .nullable()
      .describe('of the live forecasts of the last 90 days; null without a package'),
  })
  .meta({ id: 'PaperPerformanceWithForecasts' });

export const dashboard = z
  .object({
    account,
    ml_signal: mlSignalAnswer.nullable().describe('what the package says now; null where it says nothing'),
    open_positions: z.array(position),
    open_positions_count: z.int(),
    available_slots: z.int(),
    recent_trades: z.array(position),
    performance: performanceWithForecasts,
    market_source: z.string(),
  })
  .meta({ id: 'PaperDashboard' });

export const compareQuery = z.object({
  kind: z
    .enum(['live', 'replay', 'all'])
    .default('live')
    .describe('live accounts, finished replays (the newest 100), or both; they are never ranked together'),
});

export const comparison = z
  .object({
    items: z.array(
      z.object({
        kind: z.enum(['live', 'replay']),
        replay: z
          .object({
            id: z.string(),
            label: z.string().nullable(),
            from: time,
            to: time,
            market_source: z.string(),
          })
          .nullable()
          .describe('null for live accounts'),
        model_id: z.string(),
        model_package_id: z.string().nullable(),
        symbol: z.string(),
        status,
        rank: z
          .int()
          .nullable()
          .describe('among live accounts, or among replays of the same symbol and range'),
        verdict: z.string().describe('"too early" below 30 closed trades'),
        performance: performanceWithForecasts,
      }),
    ),
  })
  .meta({ id: 'PaperComparison' });

const nextCursor = z.string().nullable();

export const positions = z.object({ positions: z.array(position), next_cursor: nextCursor });
export const trades = z.object({ items: z.array(position), next_cursor: nextCursor });

export const ledger = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      epoch: z.int(),
      sequence: z.int(),
      time,
      kind: z.enum(['entry_fee', 'exit_fee', 'realised_pnl', 'funding', 'liquidation', 'reset']),
      amount_usdt: z.number(),
      position_id: z.string().nullable(),
      wallet_after: z.number(),
    }),
  ),
  next_cursor: nextCursor,
});

const noOrder = z.enum([
  'KILLED',
  'PAUSED',
  'ARCHIVED',
  'NO_MODEL',
  'WARMUP',
  'STALE',
  'GAP',
  'INVALID_FEATURES',
  'FLAT',
  'LOW_CONFIDENCE',
  'OPPOSITE',
  'MAX_POSITIONS',
  'EXPOSURE',
  'MIN_SIZE',
  'BALANCE',
  'MISSED',
]);

export const decisionRow = z
  .object({
    as_of: time.describe('close of the candle'),
    epoch: z.int(),
    decided: z.boolean(),
    source: z.enum(['policy', 'external']).nullable(),
    signal: z.enum(['LONG', 'SHORT', 'FLAT']).nullable(),
    confidence: maybe,
    sentiment: z.string().nullable(),
    action: z.enum(['OPEN_LONG', 'OPEN_SHORT', 'CLOSE', 'FLIP', 'HOLD']),
    reason: noOrder.nullable().describe('why no position was opened; null where one was'),
    actions: z.array(z.string()),
    position_id: z.string().nullable(),
    order: z
      .object({
        side: z.enum(['long', 'short']),
        fill_price: z.number(),
        size_usdt: z.number().describe('notional'),
        margin_usdt: z.number(),
        leverage: z.number(),
        stop_loss: z.number(),
        take_profit: z.number(),
        fee_usdt: z.number(),
      })
      .nullable(),
    evidence: z
      .object({
        inputs_hash: z.string().nullable().describe('of the candles and funding rates it was computed from'),
        quantiles: z.array(z.object({ step: z.int(), low: z.number(), mid: z.number(), high: z.number() })),
        raw_action: z.array(z.number()),
        account_vector: z.array(z.number()),
        timings_ms: z.record(z.string(), z.number()).describe('by stage'),
      })
      .nullable()
      .describe('what the decision was made from; null where the package was not asked'),
  })
  .meta({ id: 'PaperDecision' });

export const decisions = z.object({ items: z.array(decisionRow), next_cursor: nextCursor });

export const equityCurve = z.object({
  items: z.array(
    z.object({
      time,
      total_equity: z.number(),
      wallet_usdt: z.number(),
      drawdown_pct: z.number().describe('below the highest equity of the epoch before, 0 or more'),
      price: maybe.describe('close of the symbol then; null where that candle is not stored'),
      open_positions_count: z.int(),
      side: z.enum(['Long', 'Short']).nullable(),
    }),
  ),
  next_cursor: nextCursor,
});

const side = z
  .enum(['Long', 'Short', 'long', 'short', 'LONG', 'SHORT'])
  .transform((value) => value.toLowerCase() as 'long' | 'short');

export const openRequest = z.object({
  model_id: z.string().min(1).max(80),
  symbol: z.string().min(1).max(40).optional(),
  side,
  size_usdt: z.number().positive().max(1e9).optional().describe('notional'),
  leverage: z.number().min(1).max(10).optional(),
  entry_price: z.number().positive().optional().describe('checked, not believed'),
  current_price: z.number().positive().optional(),
  stop_loss: z.number().positive().optional(),
  take_profit: z.number().positive().optional(),
});

export const closeRequest = z.object({ exit_price: z.number().positive().optional() }).nullish();
export const positionParams = z.object({ id: z.string().min(1).max(160) });
export const idempotency = z.looseObject({ 'idempotency-key': z.string().min(1).max(200).optional() });

export const priceUpdateRequest = z
  .object({
    model_id: z.string().min(1).max(80),
    symbol: z.string().min(1).max(40).optional(),
    price: z.number().positive().optional(),
    current_price: z.number().positive().optional(),
  })
  .refine(({ price, current_price }) => price !== undefined || current_price !== undefined, {
    error: 'needs price or current_price',
  });

export const priceUpdateAnswer = z.object({
  model_id: z.string(),
  symbol: z.string(),
  price: z.number().describe('our newest close'),
  total_equity: z.number(),
  open_positions: z.array(position),
});

export const signalRequest = z.object({
  model_id: z.string().min(1).max(80),
  symbol: z.string().min(1).max(40).optional(),
  current_price: z.number().positive().optional().describe('checked, not believed'),
  signal: z.enum(['LONG', 'SHORT', 'FLAT']).optional().describe('an external signal'),
  confidence: z.number().min(0).max(100).optional(),
});

export const forecastQuery = z.object({
  as_of: z.iso
    .datetime({ offset: true })
    .transform((text) => Date.parse(text))
    .describe('close of the candle that it was made on'),
});

export const keptForecast = z
  .object({
    model_id: z.string(),
    symbol: z.string(),
    as_of: time,
    price: maybe.describe('close of that candle'),
    forecast_values: z
      .array(z.tuple([z.number(), z.number(), z.number()]))
      .describe(`low, mid, high of ln(close[t+h]/close[t]) for h = 1..${HORIZON_STEPS} steps of 15 minutes`),
  })
  .meta({ id: 'StoredForecastRow' });

export type PaperAccountAnswer = z.infer<typeof account>;
export type PositionAnswer = z.infer<typeof position>;
export type PerformanceAnswer = z.infer<typeof performanceWithForecasts>;
export type ForecastQualityAnswer = z.infer<typeof forecastQuality>;
export type DashboardAnswer = z.infer<typeof dashboard>;
export type TradesAnswer = z.infer<typeof trades>;
export type LedgerAnswer = z.infer<typeof ledger>;
export type DecisionRowAnswer = z.infer<typeof decisionRow>;
export type EquityAnswer = z.infer<typeof equityCurve>;
export type KeptForecastAnswer = z.infer<typeof keptForecast>;
export type ComparisonAnswer = z.infer<typeof comparison>;
