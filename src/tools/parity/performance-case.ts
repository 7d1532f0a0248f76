import { z } from 'zod';
import { snakeKeys } from '../../runtime/key-case.ts';
import { bootstrapIntervals, intervalSeed } from '../../statistics/bootstrap.ts';
import { CurveTally } from '../../statistics/curve-tally.ts';
import type { SharpeParts } from '../../statistics/daily-ratios.ts';
import { NO_DECISIONS } from '../../statistics/decided-share.ts';
import type { Figures } from '../../statistics/figures.ts';
import { dailyReturnsOf, performanceOf } from '../../statistics/performance.ts';
import { TradeTally } from '../../statistics/trade-tally.ts';
import { goldenCase } from './golden-case.ts';
import { goldenCodes } from './golden-codes.ts';
import { DISTRIBUTION_TOLERANCE, STATISTICS_TOLERANCE } from './tolerances.ts';

const DECISION_MS = 15 * 60_000;

const shape = z.object({
  start_ms: z.number(),
  initial_balance: z.number().positive(),
  /** At the closes of 15m candles. */
  equity: z.array(z.number()),
  lots: z.array(
    z.object({
      opened_ms: z.number(),
      closed_ms: z.number().nullable(),
      net_pnl: z.number(),
      margin: z.number(),
    }),
  ),
  killed_ms: z.number().nullable(),
});

type Golden = z.infer<typeof shape>;

/** Fields that a normal distribution or Student's t enters. */
const BY_DISTRIBUTION = /^figures\.(intervals|probabilistic_sharpe)/;
/** Times, counts and bins. */
const EXACT =
  /(_ms|\.candles|^counts\.[a-z_]*(days|lots|wins|losses|episodes)|first_bin|\.counts|\.lags|\.n|\.block|weeks_to_tell)$/;

/** The results of one account, through the tallies that live accounts and replays use. */
export const performanceCase = goldenCase(
  {
    name: 'performance',
    fields: ['equity', 'lots', 'killed_ms'],
    toleranceOf(path) {
      if (EXACT.test(path) && path !== 'counts.span_days') return undefined;
      return BY_DISTRIBUTION.test(path) ? DISTRIBUTION_TOLERANCE : STATISTICS_TOLERANCE;
    },
  },
  shape,
  async (golden) => {
    const record = recordOf(golden);
    const { values } = dailyReturnsOf(record);
    const seed = intervalSeed(golden.start_ms);
    const intervals = values.length === 0 ? null : await bootstrapIntervals(values, seed, async () => {});
    const result = performanceOf({
      ...record,
      ...{ intervals, inSample: false, totals: {}, priceFrom: null, priceTo: null, decisions: NO_DECISIONS },
    });
    const { drawdown, sharpeParts, periods, histogram, withheld } = result;
    const { positions: episodes, positionsWithClosedLots: _, ...counts } = result.counts;
    return {
      total_return: result.totalReturn,
      total_pnl: result.totalPnl,
      drawdown: {
        depth: drawdown.depth,
        peak_ms: drawdown.peakAt,
        trough_ms: drawdown.troughAt,
        recovered_ms: drawdown.recoveredAt,
        duration_ms: drawdown.durationMs,
        longest_under_water_ms: drawdown.longestUnderWaterMs,
        current: drawdown.current,
      },
      counts: snakeKeys({ ...counts, episodes }),
      withheld: snakeKeys(goldenCodes(withheld)),
      figures: goldenFigures(result.figures),
      sharpe_parts: sharpeParts && goldenParts(sharpeParts),
      ...periods,
      time_in_market: result.timeInMarket,
      histogram: histogram && snakeKeys(histogram),
    };
  },
);

function recordOf({ start_ms, initial_balance, equity, lots, killed_ms }: Golden) {
  const curve = new CurveTally(initial_balance, DECISION_MS);
  equity.forEach((value, i) => {
    curve.add({ time: start_ms + (i + 1) * DECISION_MS, equity: value });
  });
  const trades = new TradeTally();
  const closed = lots.filter((lot) => lot.closed_ms !== null).sort((a, b) => a.closed_ms! - b.closed_ms!);
  for (const { opened_ms, closed_ms, net_pnl, margin } of closed) {
    const times = { openedAt: opened_ms, closedAt: closed_ms! };
    trades.add({ ...times, netPnl: net_pnl, margin, reason: 'SIGNAL' });
  }
  const open = lots.filter((lot) => lot.closed_ms === null).map((lot) => lot.opened_ms);
  const firstOpen = open.length === 0 ? null : Math.min(...open);
  return { curve, trades, mark: null, firstOpen, killedAt: killed_ms };
}

/** The figures that golden files have. */
function goldenFigures({
  intervals,
  averageWinPct: _,
  averageLossPct: __,
  averagePct: ___,
  ...figures
}: Figures) {
  return { ...snakeKeys(figures), intervals: intervals && snakeKeys(intervals) };
}

/** The parts of a Sharpe ratio by their names in golden files. */
export function goldenParts({ effectiveDays, dailySharpe, ...parts }: SharpeParts) {
  return { ...parts, daily_sharpe: dailySharpe, n_effective: effectiveDays };
}
