import { z } from 'zod';
import { sharpeParts } from '../../statistics/daily-ratios.ts';
import { effectiveTrials } from '../../statistics/effective-trials.ts';
import { adjustByHolm, comparePair, gradeOf } from '../../statistics/paired-comparison.ts';
import {
  deflatedSharpe,
  expectedBestSharpe,
  probabilisticSharpe,
  weeksToTell,
} from '../../statistics/probabilistic-sharpe.ts';
import { goldenCase } from './golden-case.ts';
import { goldenParts } from './performance-case.ts';
import { DISTRIBUTION_TOLERANCE, STATISTICS_TOLERANCE } from './tolerances.ts';

const numbers = z.array(z.number());

/** Fields that a normal distribution or Student's t enters. */
const BY_DISTRIBUTION =
  /^(probabilistic_sharpe|expected_best_daily_sharpe|deflated_sharpe|interval|widening)$/;
const EXACT = /^(days|block|weeks_to_tell|weeks_to_tell_against_zero|parts\.n|parts\.lags)$/;

function toleranceOf(path: string) {
  if (EXACT.test(path)) return undefined;
  return BY_DISTRIBUTION.test(path) ? DISTRIBUTION_TOLERANCE : STATISTICS_TOLERANCE;
}

/** The first of several trials, judged against all of them. */
const deflatedCase = goldenCase(
  { name: 'deflated Sharpe ratio', fields: ['log_returns'], toleranceOf },
  z.object({ kind: z.literal('deflated'), log_returns: z.array(numbers).min(1) }),
  ({ log_returns }) => {
    const all = log_returns.map((returns) => sharpeParts(returns.map(Math.expm1)));
    const [parts] = all;
    if (!parts) return { parts: null };
    const trials = effectiveTrials(log_returns);
    const dailySharpes = all.flatMap((one) => (one === null ? [] : [one.dailySharpe]));
    const deflated = deflatedSharpe(parts, { effective: trials.effective, dailySharpes });
    return {
      parts: goldenParts(parts),
      mean_correlation: trials.meanCorrelation,
      effective_trials: trials.effective,
      probabilistic_sharpe: probabilisticSharpe(parts),
      weeks_to_tell_against_zero: weeksToTell(parts),
      variance: deflated.variance,
      expected_best_daily_sharpe: deflated.expectedBest,
      deflated_sharpe: deflated.probability,
      weeks_to_tell: deflated.weeksToTell,
    };
  },
);

const expectedBestCase = goldenCase(
  { name: 'expected best', fields: ['variance', 'trials'], toleranceOf: () => DISTRIBUTION_TOLERANCE },
  z.object({ kind: z.literal('expected_best'), variance: z.number(), trials: numbers }),
  ({ variance, trials }) => ({ best: trials.map((count) => expectedBestSharpe(variance, count)) }),
);

const pairCase = goldenCase(
  { name: 'pairs', fields: ['a', 'b', 'seed'], toleranceOf },
  z.object({ kind: z.literal('pair'), a: numbers, b: numbers, seed: z.string() }),
  async ({ a, b, seed }) => {
    const { days, withheld, difference } = await comparePair(a, b, seed, async () => {});
    if (difference === null) return { days, withheld, grade: null };
    const { mean, shareAhead, ...measured } = difference;
    return { days, withheld, mean_daily_log_difference: mean, share_ahead: shareAhead, ...measured };
  },
);

const holmCase = goldenCase(
  { name: 'Holm', fields: ['p', 'means'], toleranceOf },
  z
    .object({ kind: z.literal('holm'), p: numbers, means: numbers })
    .refine(({ p, means }) => p.length === means.length, { error: 'has another number of means than of p' }),
  ({ p, means }) => {
    const adjusted = adjustByHolm(p);
    return { adjusted, grades: adjusted.map((value, i) => gradeOf(value, means[i]!)) };
  },
);

export const comparisonCases = [deflatedCase, expectedBestCase, pairCase, holmCase];
