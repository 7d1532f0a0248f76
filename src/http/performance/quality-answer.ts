import { isoTimeOrNull } from '../../runtime/iso-time.ts';
import type { VolatilityGroup } from '../../statistics/compared-forecasts.ts';
import type { LossComparison } from '../../statistics/diebold-mariano.ts';
import type { ForecastQuality } from '../../statistics/forecast-quality.ts';
import { type HorizonQuality, MIN_INDEPENDENT } from '../../statistics/horizon-quality.ts';
import type { ForecastQualityAnswer } from './schema.ts';
import { percent } from './statistics-answer.ts';

const HOUR_MS = 60 * 60_000;

type HorizonAnswer = ForecastQualityAnswer['horizons'][number];

/** The quality of forecasts by horizon (statistics.md#40 to statistics.md#50). */
export function answerOfQuality(quality: ForecastQuality): ForecastQualityAnswer {
  const { packageVersion, decisionMs, from, to, forecasts, horizons } = quality;
  return {
    package_version: packageVersion,
    from: isoTimeOrNull(from),
    to: isoTimeOrNull(to),
    forecasts,
    horizons: horizons.map((horizon) => answerOfHorizon(horizon, decisionMs)),
  };
}

function answerOfHorizon(measured: HorizonQuality, decisionMs: number): HorizonAnswer {
  const climatology = answerOfSkill(measured.againstClimatology);
  const randomWalk = answerOfSkill(measured.againstRandomWalk);
  return {
    horizon_steps: measured.horizon,
    horizon_hours: (measured.horizon * decisionMs) / HOUR_MS,
    forecasts: measured.forecasts,
    independent: measured.independent,
    coverage_pct: percent(measured.coverage),
    coverage_interval_pct: measured.coverageInterval && percents(measured.coverageInterval),
    coverage_verdict: measured.verdict,
    nominal_pct: measured.nominal * 100,
    calibration: calibrationOf(measured),
    compared: measured.compared,
    compared_independent: measured.comparedIndependent,
    width: measured.sharpness?.width ?? null,
    relative_width: measured.sharpness?.relative ?? null,
    pinball: measured.pinball,
    historical_pinball: measured.climatology,
    skill: climatology.skill,
    skill_verdict: climatology.verdict,
    skill_p: climatology.p,
    random_walk_pinball: measured.randomWalk,
    random_walk_skill: randomWalk.skill,
    random_walk_verdict: randomWalk.verdict,
    random_walk_p: randomWalk.p,
    by_volatility: measured.byVolatility && {
      cuts: [...measured.byVolatility.cuts],
      groups: measured.byVolatility.groups.map(answerOfGroup),
    },
  };
}

function calibrationOf({ levels, below, belowIntervals }: HorizonQuality): HorizonAnswer['calibration'] {
  if (below === null || belowIntervals === null) return null;
  return levels.map((level, at) => ({
    level_pct: level * 100,
    below_pct: below[at]! * 100,
    interval_pct: percents(belowIntervals[at]!),
  }));
}

function answerOfSkill(comparison: LossComparison | null): Pick<LossComparison, 'skill' | 'p' | 'verdict'> {
  return comparison ?? { skill: null, p: null, verdict: 'FEW_INDEPENDENT' };
}

/** A group with too few independent outcomes says nothing. */
function answerOfGroup({ forecasts, independent, ...figures }: VolatilityGroup) {
  const isWithheld = independent < MIN_INDEPENDENT;
  return {
    forecasts,
    independent,
    withheld: isWithheld ? ('FEW_INDEPENDENT' as const) : null,
    coverage_pct: isWithheld ? null : percent(figures.coverage),
    skill: isWithheld ? null : figures.skillClimatology,
    random_walk_skill: isWithheld ? null : figures.skillRandomWalk,
  };
}

function percents([lower, upper]: readonly [number, number]): [number, number] {
  return [lower * 100, upper * 100];
}
