import type { ForecastQualityAnswer } from '../../http/performance/schema.ts';
import { MIN_INDEPENDENT_FOR_SHARES, MIN_INDEPENDENT_FOR_SKILL } from '../service-rules.ts';
import { count, percent } from './numbers.ts';

type Horizon = ForecastQualityAnswer['horizons'][number];

const COVERAGE_WORDS = {
  TOO_NARROW: 'band too narrow',
  TOO_WIDE: 'band too wide',
  IN_LINE: 'in line',
} as const;

/** What may be said about the coverage at one horizon, in a few words. */
export function coverageWords({ coverage_verdict: verdict, independent }: Horizon): string {
  return verdict === 'FEW_INDEPENDENT'
    ? `${count(independent)} of ${MIN_INDEPENDENT_FOR_SHARES} independent outcomes`
    : COVERAGE_WORDS[verdict];
}

/** The same with the interval of the coverage. */
export function coverageVerdictText(horizon: Horizon): string {
  const { coverage_verdict, nominal_pct, coverage_interval_pct } = horizon;
  if (coverage_verdict === 'FEW_INDEPENDENT') return coverageWords(horizon);
  const [lower, upper] = coverage_interval_pct ?? [];
  return `${coverageWords(horizon)} with ${percent(nominal_pct, 0)} (${percent(lower, 0)} to ${percent(upper, 0)})`;
}

const SKILL_WORDS = {
  BETTER: 'better, chance alone rarely does this',
  WORSE: 'worse, chance alone rarely does this',
  NO_DIFFERENCE: 'no difference can be told',
  NO_VARIATION: 'nothing to compare, prices did not move',
} as const;

/** What may be said about a skill at one horizon; no skill is shown without it. */
export function skillVerdictText(
  verdict: Horizon['skill_verdict'],
  { compared_independent }: Horizon,
): string {
  if (verdict === 'FEW_INDEPENDENT')
    return `${count(compared_independent)} of ${MIN_INDEPENDENT_FOR_SKILL} independent outcomes`;
  return SKILL_WORDS[verdict];
}

/** Whether a skill may be shown beside its verdict. */
export function isSkillJudged(verdict: Horizon['skill_verdict']): boolean {
  return verdict === 'BETTER' || verdict === 'WORSE' || verdict === 'NO_DIFFERENCE';
}
