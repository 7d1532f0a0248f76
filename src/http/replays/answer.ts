import type { z } from 'zod';
import { accountIdOf } from '../../packages/package-id.ts';
import { decisionCandlesIn, type Replay, type ReplayResults } from '../../replays/replay-job.ts';
import { answerOfFigures, answerOfLimits, answerOfRules, answerOfStatistics } from '../accounts/answer.ts';
import type { performance } from '../accounts/schema.ts';
import { answerOfQuality } from '../forecasts/quality-answer.ts';
import { isoTime } from '../shared/time-schema.ts';
import type { replay } from './schema.ts';

/** A replay as it stands. */
export function answerOfReplay(job: Replay): z.infer<typeof replay> {
  const total = decisionCandlesIn(job);
  const { settings, done, incomplete, results, startedAt, finishedAt } = job;
  return {
    id: job.id,
    kind: 'replay',
    model_id: accountIdOf(job.packageId),
    model_package_id: job.packageId,
    package_version: job.packageVersion,
    symbol: job.symbol,
    market_source: job.marketSource,
    label: job.label,
    from: isoTime(job.from),
    to: isoTime(job.to),
    initial_balance: job.initialBalance,
    settings: { ...answerOfRules(settings), ...answerOfLimits(settings) },
    decided_candles: job.decidedCandles,
    state: job.state,
    progress: { phase: job.phase, done, total, pct: (done / total) * 100 },
    error: job.error,
    quarters_incomplete: incomplete,
    quarters_incomplete_pct: done === 0 ? null : (incomplete / done) * 100,
    forecasts: { computed: job.forecastsComputed, known: job.forecastsKnown },
    created_at: isoTime(job.createdAt),
    started_at: startedAt === null ? null : isoTime(startedAt),
    finished_at: finishedAt === null ? null : isoTime(finishedAt),
    result: results && {
      status: results.status,
      wallet_usdt: results.wallet,
      performance: performanceOfReplay(job, results),
      reasons: { ...results.reasons },
      forecast_quality: answerOfQuality(results.quality),
    },
  };
}

/** The statistics of a replay in the form of those of accounts. */
export function performanceOfReplay(
  { initialBalance, settings }: Replay,
  { freeBalance, equity, openLots, openMargin, performance: computed }: ReplayResults,
): z.infer<typeof performance> {
  const { trades, wins, losses } = computed;
  return {
    ...answerOfFigures({
      ...{ initialBalance, freeBalance, equity, openLots, openMargin },
      maxPositions: settings.maxPositions,
      counts: { trades, wins, losses },
    }),
    ...answerOfStatistics(computed),
  };
}
