import { z } from 'zod';
import { nullableNumber, time } from '../shared/fields.ts';

const interval = z.tuple([z.number(), z.number()]).nullable();

const skillVerdict = z
  .enum(['BETTER', 'WORSE', 'NO_DIFFERENCE', 'FEW_INDEPENDENT', 'NO_VARIATION'])
  .describe('whether the skill could be chance; FEW_INDEPENDENT and NO_VARIATION: nothing can be said');

const volatilityGroup = z.object({
  forecasts: z.int(),
  independent: z.int(),
  withheld: z.enum(['FEW_INDEPENDENT']).nullable().describe('why the figures of this group are null'),
  coverage_pct: nullableNumber,
  skill: nullableNumber.describe('without a verdict'),
  random_walk_skill: nullableNumber,
});

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
        independent: z.int().describe('of them, those whose outcomes do not overlap'),
        coverage_pct: nullableNumber.describe('outcomes inside the low-high band'),
        coverage_interval_pct: interval.describe('90 % interval'),
        coverage_verdict: z
          .enum(['TOO_NARROW', 'TOO_WIDE', 'IN_LINE', 'FEW_INDEPENDENT'])
          .describe('FEW_INDEPENDENT: fewer than 10 independent outcomes, and all shares are null'),
        nominal_pct: z.number().describe('the coverage of a well calibrated forecast'),
        calibration: z
          .array(
            z.object({
              level_pct: z.number(),
              below_pct: z.number().describe('outcomes below the quantile of this level'),
              interval_pct: z.tuple([z.number(), z.number()]),
            }),
          )
          .nullable(),
        compared: z.int().describe('forecasts with 30 days of earlier returns to compare with'),
        compared_independent: z.int(),
        width: nullableNumber.describe('mean distance of the largest quantile from the smallest'),
        relative_width: nullableNumber.describe('width relative to that of the quantiles of earlier returns'),
        pinball: nullableNumber.describe('mean pinball loss over the three quantiles'),
        historical_pinball: nullableNumber.describe('the same for the quantiles of the earlier returns'),
        skill: nullableNumber.describe('1 - pinball / historical_pinball; means nothing without its verdict'),
        skill_verdict: skillVerdict,
        skill_p: nullableNumber.describe('of the test of Diebold and Mariano'),
        random_walk_pinball: nullableNumber.describe('the same for a random walk of recent volatility'),
        random_walk_skill: nullableNumber,
        random_walk_verdict: skillVerdict,
        random_walk_p: nullableNumber,
        by_volatility: z
          .object({
            cuts: z.tuple([z.number(), z.number()]),
            groups: z.array(volatilityGroup).describe('quiet, middle, wild'),
          })
          .nullable(),
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
  win_rate: nullableNumber.describe('percent; null below 10 trades'),
  open_positions_count: z.int(),
  open_exposure_usdt: z.number().describe('sum of the margins'),
  open_exposure_pct: z.number().describe('of the equity'),
  available_slots: z.int(),
});

/** What is left of a record beside everything else that was tried. */
export const trialsPart = z.object({
  deflated_sharpe: nullableNumber.describe(
    'probability that the true Sharpe ratio is above the best that as many trials without skill would show, to 0.999',
  ),
  trials: z
    .object({
      counted: z
        .int()
        .describe('packages with settings that were tried on at least half of this range, this one included'),
      declared: z
        .int()
        .nullable()
        .describe('`trials` of the manifest; null: those tried before the upload are not counted'),
      effective: z.number().describe('how many independent trials both equal'),
      weeks_to_tell: nullableNumber.describe(
        'until the Sharpe ratio is told from the best of those trials; null where it is withheld, or never',
      ),
    })
    .describe('what else was tried (statistics.md#99)'),
});

/** What a record says by itself. Beside each nullable figure `withheld` says why it is null. */
const recordFigures = z.object({
  avg_pnl_pct: nullableNumber,
  avg_win_pct: nullableNumber,
  avg_loss_pct: nullableNumber,
  avg_win_usdt: nullableNumber,
  avg_loss_usdt: nullableNumber,
  win_rate_interval_pct: interval.describe('90 %, from as many observations as there are positions'),
  total_fees_paid: z.number(),
  funding_paid: z.number().describe('positive if more was paid than received'),
  profit_factor: nullableNumber,
  max_drawdown_pct: z.number(),
  drawdown: z
    .object({
      current_pct: z.number(),
      peak_at: time.nullable(),
      trough_at: time.nullable(),
      recovered_at: time.nullable(),
      duration_ms: z.number(),
      longest_under_water_ms: z.number(),
    })
    .describe('the deepest fall, and the one that stands now'),
  sharpe: nullableNumber.describe('of a year, from daily returns'),
  sharpe_adjusted: nullableNumber.describe('lower where days resemble those before them'),
  sortino: nullableNumber,
  annual_return_pct: nullableNumber,
  calmar: nullableNumber,
  probabilistic_sharpe: nullableNumber.describe(
    'probability that the true Sharpe ratio is above 0, to 0.999',
  ),
  weeks_to_tell: nullableNumber.describe(
    'until that is told from chance at this pace; null and not withheld: never at this pace',
  ),
  intervals: z
    .object({ total_return_pct: interval, sharpe: interval, sortino: interval, max_drawdown_pct: interval })
    .describe('90 % intervals by a bootstrap of whole days, cut off at 10 (Sharpe) and 20 (Sortino)'),
  exposure_time_pct: nullableNumber.describe('share of the time with open lots'),
  trades_per_week: nullableNumber,
  by_exit_reason: z.record(
    z.string(),
    z.object({
      trades: z.int(),
      pnl_usdt: z.number(),
      win_rate: nullableNumber.describe('from 10 trades on'),
    }),
  ),
  buy_and_hold_pct: nullableNumber.describe('return of the symbol over the same time'),
  counts: z.object({
    days: z.int().describe('whole UTC days'),
    active_days: z.int().describe('with a return other than 0'),
    span_days: z.number().describe('from the begin to now'),
    lots: z.int().describe('closed'),
    wins: z.int(),
    losses: z.int(),
    positions: z.int().describe('stretches from flat to flat, each of one or more lots'),
    positions_with_closed_lots: z.int().describe('those that a closed lot belongs to'),
  }),
  decided_pct: nullableNumber.describe('share of the candles that were decided on; null without a candle'),
  partly_decided: z
    .boolean()
    .describe('fewer than 95 % of the candles were decided on: to be said beside every ratio'),
  withheld: z.record(z.string(), z.string()).describe('field to code: why it is null (statistics.md#12)'),
  worth: z
    .object({
      code: z.enum([
        'NEVER_TRADED',
        'RUINED',
        'IN_SAMPLE',
        'TOO_EARLY',
        'MAKES_MONEY',
        'LOSES_MONEY',
        'NOT_PROVEN',
      ]),
      sentence: z.string(),
      parts: z
        .object({
          interval: z.string().nullable().describe('90 % interval of the return'),
          lots: z.string().describe('closed lots, in how many positions'),
          won: z.string().nullable(),
          forecasts: z.string().nullable().describe('whether they are honest, and better than a random walk'),
        })
        .describe('a few words each to stand beside the sentence; null where there is nothing to say'),
    })
    .describe('whether the package is worth anything, by this record (statistics.md#27)'),
  too_early: z
    .boolean()
    .describe('fewer than 30 whole days, 10 of them active, 31 closed lots or 10 positions'),
});

export const performance = currentStats
  .extend({ ...trialsPart.shape, ...recordFigures.shape })
  .meta({ id: 'PaperPerformance' });

const periodRows = z.array(
  z.object({ period: z.string(), pnl_usdt: z.number(), candles: z.int().describe('decision candles in it') }),
);

/** Tables that are too long for comparisons. */
export const performanceTables = z.object({
  pnl_by_day: periodRows,
  pnl_by_week: periodRows.describe('ISO weeks'),
  pnl_by_month: periodRows,
  histogram: z
    .object({ width_pct: z.number(), first_bin: z.int(), counts: z.array(z.int()) })
    .nullable()
    .describe('of net results in percent of the margin; bin i begins at (first_bin + i) * width_pct'),
});

/** What a record and its forecasts say by themselves. */
export const recordPart = recordFigures.extend({
  forecast_quality: forecastQuality
    .nullable()
    .describe('of the live forecasts of the last 90 days; null without a package'),
});

export const performanceWithForecasts = performance
  .extend(recordPart.shape)
  .meta({ id: 'PaperPerformanceWithForecasts' });

export const performanceWithTables = performanceWithForecasts
  .extend(performanceTables.shape)
  .meta({ id: 'PaperPerformanceWithTables' });

export type ForecastQualityAnswer = z.infer<typeof forecastQuality>;
export type CurrentStatsAnswer = z.infer<typeof currentStats>;
export type PerformanceAnswer = z.infer<typeof performanceWithForecasts>;
