import { normalCdf, normalQuantile } from '../pipeline/normal-distribution.ts';
import type { SharpeParts } from './daily-ratios.ts';
import { Z } from './interval.ts';

/** Keeps the variance of a Sharpe ratio positive for any skew and kurtosis. */
const LEAST_VARIANCE = 0.05;
const EULER_MASCHERONI = 0.5772156649015329;
/** With so many trials their Sharpe ratios say how much they scatter; fewer can be set by one hopeless package. */
const SCATTERED_TRIALS = 10;

/** By how much the variance of a daily Sharpe ratio exceeds 1/(n - 1). */
function varianceFactor({ dailySharpe: s, skew, kurtosis }: SharpeParts): number {
  return Math.max(LEAST_VARIANCE, 1 - skew * s + ((kurtosis - 1) / 4) * s ** 2);
}

/**
 * Probability that the true daily Sharpe ratio is above `target` (Bailey and Lopez de Prado, 2012), 0..1; pages show at
 * most 99.9 %.
 */
export function probabilisticSharpe(parts: SharpeParts, target = 0): number {
  const evidence = Math.sqrt(Math.max(0, parts.effectiveDays - 1) / varianceFactor(parts));
  return normalCdf((parts.dailySharpe - target) * evidence);
}

/**
 * The best daily Sharpe ratio that trials without any skill would show, never below 0.
 * @param variance of the trials' daily Sharpe ratios; `trials` may be a fraction
 */
export function expectedBestSharpe(variance: number, trials: number): number {
  if (trials <= 1) return 0;
  const best =
    (1 - EULER_MASCHERONI) * normalQuantile(1 - 1 / trials) +
    EULER_MASCHERONI * normalQuantile(1 - 1 / (trials * Math.E));
  return Math.max(0, Math.sqrt(variance) * best);
}

/** What other packages and settings were tried. */
export interface Trials {
  /** Effective number of independent trials, the judged one included; see `effectiveTrials`. */
  readonly effective: number;
  /** mean/standard deviation (n - 1) of the daily returns of every trial, the judged one included. */
  readonly dailySharpes: readonly number[];
}

/** A Sharpe ratio judged against the best of its trials (Bailey and Lopez de Prado, 2014). */
export interface DeflatedSharpe {
  /** Of the trials' daily Sharpe ratios. */
  readonly variance: number;
  readonly expectedBest: number;
  /** Probability that the true Sharpe ratio is above `expectedBest`, 0..1. */
  readonly probability: number;
  /** As in `weeksToTell`, against `expectedBest`. */
  readonly weeksToTell: number | null;
}

export function deflatedSharpe(parts: SharpeParts, { effective, dailySharpes }: Trials): DeflatedSharpe {
  const variance = trialVariance(parts.effectiveDays, dailySharpes);
  const expectedBest = expectedBestSharpe(variance, effective);
  return {
    variance,
    expectedBest,
    probability: probabilisticSharpe(parts, expectedBest),
    weeksToTell: weeksToTell(parts, expectedBest),
  };
}

function trialVariance(effectiveDays: number, sharpes: readonly number[]): number {
  const byChance = 1 / Math.max(1, effectiveDays - 1);
  if (sharpes.length < SCATTERED_TRIALS) return byChance;
  const mean = sharpes.reduce((sum, value) => sum + value, 0) / sharpes.length;
  const squares = sharpes.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.max(byChance, squares / (sharpes.length - 1));
}

/**
 * Further weeks at this pace until the daily Sharpe ratio is told from `target` at 5 %; null where it is not above it, and
 * so never. At most Number.MAX_SAFE_INTEGER.
 */
export function weeksToTell(parts: SharpeParts, target = 0): number | null {
  const { n, dailySharpe, effectiveDays } = parts;
  if (dailySharpe <= target) return null;
  const independentDays = 1 + varianceFactor(parts) * (Z / (dailySharpe - target)) ** 2;
  const weeks = Math.ceil(((independentDays * n) / effectiveDays - n) / 7);
  return Math.min(Math.max(0, weeks), Number.MAX_SAFE_INTEGER);
}
