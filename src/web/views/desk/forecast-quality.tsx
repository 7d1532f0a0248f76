import type { ForecastQualityAnswer } from '../../../http/performance/schema.ts';
import { type Column, numberColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { Time } from '../../components/time.tsx';
import { TwoLines } from '../../components/two-lines.tsx';
import { coverageVerdictText, isSkillJudged, skillVerdictText } from '../../format/forecast-verdicts.ts';
import { count, fixed, NO_VALUE, percent, signed } from '../../format/numbers.ts';
import { HOUR_MS, hours } from '../../format/time.ts';

type Horizon = ForecastQualityAnswer['horizons'][number];

const loss = (value: number | null | undefined) => fixed(value, 6);

function skillColumn(
  label: string,
  read: (one: Horizon) => readonly [skill: number | null, verdict: Horizon['skill_verdict']],
): Column<Horizon> {
  return {
    label,
    isNumber: true,
    value: (one) => read(one)[0],
    cell: (one) => {
      const [skill, verdict] = read(one);
      return (
        <TwoLines second={skillVerdictText(verdict, one)}>
          {isSkillJudged(verdict) ? signed(skill, (value) => fixed(value, 3)) : NO_VALUE}
        </TwoLines>
      );
    },
  };
}

const COLUMNS: readonly Column<Horizon>[] = [
  { label: 'Horizon', value: (one) => one.horizon_steps, cell: (one) => hours(one.horizon_hours * HOUR_MS) },
  {
    label: 'Forecasts',
    isNumber: true,
    value: (one) => one.forecasts,
    cell: (one) => (
      <TwoLines second={`${count(one.independent)} independent`}>{count(one.forecasts)}</TwoLines>
    ),
  },
  {
    label: 'Coverage',
    isNumber: true,
    value: (one) => one.coverage_pct,
    cell: (one) => <TwoLines second={coverageVerdictText(one)}>{percent(one.coverage_pct, 1)}</TwoLines>,
  },
  skillColumn('Skill against the past', (one) => [one.skill, one.skill_verdict]),
  skillColumn('Skill against a random walk', (one) => [one.random_walk_skill, one.random_walk_verdict]),
  numberColumn('Width, relative', (one) => one.relative_width, fixed, { isDesktopOnly: true }),
  numberColumn('Pinball loss', (one) => one.pinball, loss, { isDesktopOnly: true }),
];

/** The quality of forecasts whose outcome is known, by horizon (statistics.md#40 to statistics.md#50). */
export function ForecastQuality({ quality }: { readonly quality: ForecastQualityAnswer | null }) {
  if (quality === null || quality.horizons.every(({ forecasts }) => forecasts === 0)) {
    return (
      <EmptyState title="No outcome known yet">
        A forecast is evaluated step by step, and completely once its whole horizon has passed.
      </EmptyState>
    );
  }
  return (
    <>
      <DataTable
        caption="Forecast quality"
        columns={COLUMNS}
        rows={quality.horizons}
        rowKey={({ horizon_steps }) => String(horizon_steps)}
        empty={null}
      />
      <p class="table-footnote">
        {count(quality.forecasts)} forecasts from <Time at={quality.from} /> to <Time at={quality.to} /> UTC.
        Independent: outcomes that do not overlap; only they are evidence. Coverage: share of outcomes inside
        the band, with its 90 % interval. Skill: 1 − pinball loss / loss of the baseline, which is the
        quantiles of past returns, or a random walk of recent volatility; a verdict says whether chance alone
        could do this. Width: of the band, relative to that of past returns.
      </p>
    </>
  );
}
