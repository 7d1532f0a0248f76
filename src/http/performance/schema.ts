import { z } from 'zod';
import { nullableNumber, time } from '../shared/fields.ts';

export const forecastQuality = z
  .object({
    package_version: z.string(),
    from: time.nullable().describe('close of the first candle with a forecast'),
    to: time.nullable(),
    forecasts: z.int(),
    horizons: z.array(
      z.object({
        horizon_steps: z.int().describe('of one decision candle'),
        horizon_hours: z.number(),
        forecasts: z.int().describe('with a known outcome'),
        coverage_pct: nullableNumber.describe('outcomes inside the low-high band'),
        nominal_pct: z.number().describe('the coverage of a well calibrated forecast'),
        compared: z.int().describe('forecasts with 2,880 earlier returns to compare with'),
        pinball: nullableNumber.describe('mean pinball loss over the three quantiles'),
        historical_pinball: nullableNumber.describe('the same for the quantiles of the earlier returns'),
        skill: nullableNumber.describe('1 - pinball / historical_pinball; above 0 beats history'),
      }),
    ),
  })
  .meta({ id: 'ForecastQuality' });

/** The figures that need no history; every poll answers them too. */
export const currentStats = z.object({
  initial_balance: z.number(),
  current_balance: z.number(),
  total_equity: z.number(),
  total_return_pct: z.number(),
  total_return_usdt: z.number(),
  total_trades: z.int(),
  winning_trades: z.int(),
  losing_trades: z.int(),
  win_rate: nullableNumber.describe('percent'),
  open_positions_count: z.int(),
  open_exposure_usdt: z.number().describe('sum of the margins'),
  open_exposure_pct: z.number().describe('of the equity'),
  available_slots: z.int(),
});

const interval = z.tuple([z.number(), z.number()]).nullable();

export const performance = currentStats
  .extend({
    avg_pnl_pct: nullableNumber,
    avg_win_pct: nullableNumber,
    avg_loss_pct: nullableNumber,
    avg_win_usdt: nullableNumber,
    avg_loss_usdt: nullableNumber,
    total_fees_paid: z.number(),
    funding_paid: z.number().describe('positive if more was paid than received'),
    profit_factor: nullableNumber,
    max_drawdown_pct: z.number(),
    sharpe: nullableNumber,
    sortino: nullableNumber,
    intervals: z
      .object({ total_return_pct: interval, sharpe: interval, sortino: interval })
      .describe('90 % intervals by a block bootstrap'),
    exposure_time_pct: nullableNumber,
    trades_per_week: nullableNumber,
    by_exit_reason: z.record(
      z.string(),
      z.object({ trades: z.int(), pnl_usdt: z.number(), win_rate: z.number() }),
    ),
    buy_and_hold_pct: nullableNumber.describe('return of the symbol over the same time'),
    too_early: z.boolean().describe('fewer than 30 closed trades'),
  })
  .meta({ id: 'PaperPerformance' });

export const performanceWithForecasts = performance
  .extend({
    forecast_quality: forecastQuality
      .nullable()
      .describe('of the live forecasts of the last 90 days; null without a package'),
  })
  .meta({ id: 'PaperPerformanceWithForecasts' });

export type ForecastQualityAnswer = z.infer<typeof forecastQuality>;
export type CurrentStatsAnswer = z.infer<typeof currentStats>;
export type PerformanceAnswer = z.infer<typeof performanceWithForecasts>;
