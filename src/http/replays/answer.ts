import { accountIdOf } from '../../packages/package-id.ts';
import type { CounterfactualResults } from '../../replays/counterfactual-results.ts';
import {
  decisionCandlesIn,
  type LookAhead,
  type Replay,
  type ReplayResults,
} from '../../replays/replay-job.ts';
import { isoTime, isoTimeOrNull } from '../../runtime/iso-time.ts';
import { snakeKeys } from '../../runtime/key-case.ts';
import type { JudgedByTrials } from '../../statistics/trials.ts';
import { answerOfPipeline, answerOfSettings } from '../accounts/answer.ts';
import { answerOfFigures, answerOfRecord } from '../performance/answer.ts';
import type { CurrentStatsAnswer, PerformanceAnswer } from '../performance/schema.ts';
import { answerOfTables, answerOfTrials } from '../performance/statistics-answer.ts';
import { answerOfCounterfactuals } from './counterfactuals-answer.ts';
import type { LookAheadAnswer, ReplayAnswer } from './schema.ts';

/** @param judged of its results; null without results */
export function answerOfReplay(
  job: Replay,
  judged: JudgedByTrials | null,
  counterfactuals: CounterfactualResults | null = null,
): ReplayAnswer {
  const total = decisionCandlesIn(job);
  const { settings, done, incomplete, results } = job;
  return {
    ...snakeKeys(job),
    ...answerOfPipeline(job.pipeline),
    kind: 'replay',
    model_id: accountIdOf(job.packageId),
    model_package_id: job.packageId,
    from: isoTime(job.from),
    to: isoTime(job.to),
    settings: answerOfSettings(settings),
    progress: { phase: job.phase, done, total, pct: (done / total) * 100 },
    quarters_incomplete: incomplete,
    quarters_incomplete_pct: done === 0 ? null : (incomplete / done) * 100,
    forecasts: { computed: job.forecastsComputed, known: job.forecastsKnown },
    created_at: isoTime(job.createdAt),
    started_at: isoTimeOrNull(job.startedAt),
    finished_at: isoTimeOrNull(job.finishedAt),
    counterfactuals: counterfactuals && answerOfCounterfactuals(counterfactuals),
    result: results && judged && answerOfReplayResults(job, results, judged),
  };
}

function answerOfReplayResults(
  job: Replay,
  results: ReplayResults,
  judged: JudgedByTrials,
): ReplayAnswer['result'] {
  const { forecast_quality, ...performance } = performanceOfReplay(job, results, judged);
  return {
    status: results.status,
    wallet_usdt: results.wallet,
    performance: { ...performance, ...answerOfTables(results.performance) },
    reasons: { ...results.reasons },
    forecast_quality,
    look_ahead: results.lookAhead && answerOfLookAhead(results.lookAhead),
  };
}

function answerOfLookAhead({ candlesChecked, candlesEqual, firstDifference }: LookAhead): LookAheadAnswer {
  return {
    candles_checked: candlesChecked,
    candles_equal: candlesEqual,
    first_difference: firstDifference && {
      candle: isoTime(firstDifference.candle),
      quantity: firstDifference.quantity,
      alone: firstDifference.alone,
      in_replay: firstDifference.inReplay,
    },
  };
}

/** The results of a replay in the form of the performance of a live account. */
function performanceOfReplay(
  replay: Replay,
  results: ReplayResults,
  judged: JudgedByTrials,
): PerformanceAnswer {
  const { performance, quality } = results;
  return {
    ...answerOfLastStats(replay, results),
    ...answerOfTrials(judged),
    ...answerOfRecord(performance, quality),
  };
}

/** The figures at the end of a replay that need no history. */
export function answerOfLastStats(
  { initialBalance, settings }: Replay,
  { freeBalance, equity, openLots, openMargin, performance: { counts } }: ReplayResults,
): CurrentStatsAnswer {
  const { lots: trades, wins, losses } = counts;
  return answerOfFigures({
    ...{ initialBalance, freeBalance, equity, openLots, openMargin },
    maxPositions: settings.maxPositions,
    counts: { trades, wins, losses },
  });
}
