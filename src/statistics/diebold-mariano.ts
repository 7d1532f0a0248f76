import { longRunVariance } from './long-run-variance.ts';
import { studentTCdf } from './student-t.ts';

/** The comparison of a forecast's losses with those of a baseline (statistics.md#48). */
export interface LossComparison {
  /** 1 - sum of losses / sum of the baseline's; null if the baseline lost nothing. */
  readonly skill: number | null;
  /** Mean loss that the forecast has less than the baseline. */
  readonly meanGain: number;
  /** Autocovariances in the variance of that mean. */
  readonly lags: number;
  /** The test of Diebold and Mariano, and its two-sided probability; null where the verdict says why. */
  readonly statistic: number | null;
  readonly p: number | null;
  readonly verdict: SkillVerdict;
}

/** Whether a skill could be chance; the last two say why nothing was tested. */
export type SkillVerdict = 'BETTER' | 'WORSE' | 'NO_DIFFERENCE' | 'FEW_INDEPENDENT' | 'NO_VARIATION';

const SIGNIFICANT = 0.05;
const MIN_INDEPENDENT = 20;

/**
 * Compares losses in order of time.
 * @param losses of the forecast and of the baseline for the same outcomes, at least one
 * @param horizon candles until an outcome is known
 * @param independent outcomes that do not overlap
 */
export function compareLosses(
  losses: { readonly model: Float64Array; readonly baseline: Float64Array },
  horizon: number,
  independent: number,
): LossComparison {
  const gains = losses.baseline.map((loss, index) => loss - losses.model[index]!);
  const [lost, baselineLost] = [sumOf(losses.model), sumOf(losses.baseline)];
  const lags = horizon - 1;
  const meanGain = sumOf(gains) / gains.length + 0;
  const skill = baselineLost > 0 ? 1 - lost / baselineLost : null;
  const untested = { skill, meanGain, lags, statistic: null, p: null };
  if (independent < MIN_INDEPENDENT) return { ...untested, verdict: 'FEW_INDEPENDENT' };
  // Bartlett weights see only two thirds of the variance of h-step overlaps.
  const correction = (3 * horizon ** 2) / (2 * horizon ** 2 + 1);
  const statistic = meanGain / Math.sqrt((longRunVariance(gains, lags) * correction) / gains.length);
  if (skill === null || !Number.isFinite(statistic)) return { ...untested, verdict: 'NO_VARIATION' };
  const p = 2 * studentTCdf(-Math.abs(statistic), independent - 1);
  return { ...untested, statistic, p, verdict: verdictOf(p, statistic) };
}

function verdictOf(p: number, statistic: number): SkillVerdict {
  if (p > SIGNIFICANT) return 'NO_DIFFERENCE';
  return statistic > 0 ? 'BETTER' : 'WORSE';
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
