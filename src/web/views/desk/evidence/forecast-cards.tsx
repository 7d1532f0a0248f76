import { SizedSvg } from '../../../components/sized-svg.tsx';
import { coverageVerdictText, isSkillJudged, skillVerdictText } from '../../../format/forecast-verdicts.ts';
import { count, fixed, percent, signed } from '../../../format/numbers.ts';
import { HOUR_MS, hours } from '../../../format/time.ts';
import type { ForecastQuality } from '../run.ts';
import { Card } from './card.tsx';
import { calibrationHeadline, skillHeadline } from './headlines.ts';

type Horizon = ForecastQuality['horizons'][number];

const HEIGHT = 150;
const LEFT = 40;
const [TOP, BOTTOM] = [12, 22];
const LEVELS = [0, 20, 40, 60, 80, 100];

interface QualityProps {
  readonly quality: ForecastQuality;
}

/** The share of prices below each quantile, with its interval, at each horizon. */
export function CalibrationCard({ quality }: QualityProps) {
  const judged = quality.horizons.filter(({ calibration }) => calibration !== null);
  return (
    <Card
      headline={calibrationHeadline(quality)}
      detail={
        judged.length > 0 &&
        'Share of prices below each quantile of the forecast, with its 90 % interval; lines: what was promised'
      }
    >
      {judged.length > 0 && <CalibrationChart horizons={judged} />}
    </Card>
  );
}

function CalibrationChart({ horizons }: { readonly horizons: readonly Horizon[] }) {
  const y = (value: number) => TOP + (1 - value / 100) * (HEIGHT - TOP - BOTTOM);
  const promised = horizons[0]!.calibration!.map(({ level_pct }) => level_pct);
  return (
    <SizedSvg height={HEIGHT} label={horizons.map(calibrationText).join('. ')}>
      {(width) => {
        const step = (width - LEFT) / horizons.length;
        return (
          <>
            {[...new Set([...promised, LEVELS[0]!, LEVELS.at(-1)!])].map((level) => (
              <g key={level}>
                <line
                  class={promised.includes(level) ? 'axis' : 'axis pale'}
                  {...{ x1: LEFT, x2: width, y1: y(level), y2: y(level) }}
                />
                <text x={LEFT - 6} y={y(level) + 4} text-anchor="end">
                  {percent(level, 0)}
                </text>
              </g>
            ))}
            {horizons.map(({ horizon_hours, calibration }, index) => {
              const x = LEFT + (index + 0.5) * step;
              return (
                <g key={horizon_hours}>
                  {calibration!.map(({ level_pct, below_pct, interval_pct: [low, high] }) => (
                    <g key={level_pct}>
                      <line class="interval" x1={x} x2={x} y1={y(low)} y2={y(high)} />
                      <circle class="fill-model" cx={x} cy={y(below_pct)} r={4} />
                    </g>
                  ))}
                  <text x={x} y={HEIGHT - 4} text-anchor="middle">
                    {hours(horizon_hours * HOUR_MS)}
                  </text>
                </g>
              );
            })}
          </>
        );
      }}
    </SizedSvg>
  );
}

function calibrationText({ horizon_hours, calibration }: Horizon): string {
  const shares = calibration!.map(
    ({ level_pct, below_pct }) => `${fixed(below_pct, 0)} below the ${level_pct} % quantile`,
  );
  return `After ${hours(horizon_hours * HOUR_MS)}: ${shares.join(', ')}`;
}

/** Coverage and skill by horizon, each with its verdict. */
export function SkillCard({ quality }: QualityProps) {
  const isJudged = quality.horizons.some(({ skill_verdict }) => isSkillJudged(skill_verdict));
  return (
    <Card
      headline={skillHeadline(quality)}
      detail={
        isJudged &&
        'How much smaller the error is than that of the quantiles of past returns, and of a random walk'
      }
    >
      {isJudged && <Skills quality={quality} />}
    </Card>
  );
}

function Skills({ quality }: QualityProps) {
  return (
    <ul class="evidence-lines">
      {quality.horizons.map((one) => (
        <li key={one.horizon_steps}>
          <b>{hours(one.horizon_hours * HOUR_MS)}</b>
          <span>
            {skillText(one.skill, one.skill_verdict, one)}
            {isSkillJudged(one.random_walk_verdict) && (
              <span class="muted small second-line">
                random walk: {skillText(one.random_walk_skill, one.random_walk_verdict, one)}
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

function skillText(skill: number | null, verdict: Horizon['skill_verdict'], one: Horizon): string {
  const words = skillVerdictText(verdict, one);
  if (!isSkillJudged(verdict) || skill === null) return words;
  return `${signed(skill * 100, (value) => percent(value, 1))}, ${words}`;
}

/** One line for each horizon, for the list of forecasts. */
export function horizonSentence(one: Horizon): string {
  return `${count(one.forecasts)} forecasts, ${count(one.independent)} independent; ${coverageVerdictText(one)}`;
}
