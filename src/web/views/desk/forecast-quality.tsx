import type { ForecastQualityAnswer } from '../../../http/performance/schema.ts';
import { type Column, numberColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { Time } from '../../components/time.tsx';
import { TwoLines } from '../../components/two-lines.tsx';
import { count, fixed, percent, signed } from '../../format/numbers.ts';
import { HOUR_MS, hours } from '../../format/time.ts';

type Horizon = ForecastQualityAnswer['horizons'][number];

const loss = (value: number | null | undefined) => fixed(value, 6);

const COLUMNS: readonly Column<Horizon>[] = [
  { label: 'Horizon', value: (one) => one.horizon_steps, cell: (one) => hours(one.horizon_hours * HOUR_MS) },
  numberColumn('Forecasts', (one) => one.forecasts, count),
  {
    label: 'Coverage',
    isNumber: true,
    value: (one) => one.coverage_pct,
    cell: (one) => (
      <TwoLines second={`nominal ${percent(one.nominal_pct, 0)}`}>{percent(one.coverage_pct, 1)}</TwoLines>
    ),
  },
  {
    label: 'Skill',
    isNumber: true,
    value: (one) => one.skill,
    cell: ({ skill }) => (
      <span class={skill === null ? 'muted' : skill > 0 ? 'up' : 'down'}>
        {signed(skill, (value) => fixed(value, 3))}
      </span>
    ),
  },
  numberColumn('Pinball loss', (one) => one.pinball, loss, { isDesktopOnly: true }),
  numberColumn('Baseline loss', (one) => one.historical_pinball, loss, { isDesktopOnly: true }),
  numberColumn('Compared', (one) => one.compared, count, { isDesktopOnly: true }),
];

/** The quality of forecasts whose outcome is known, by horizon (paper.md#57). */
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
        Coverage: share of outcomes inside the band, to be compared with the nominal share. Skill: 1 − pinball
        loss / baseline loss, where the baseline is the quantiles of past returns; above 0 is better than the
        baseline.
      </p>
    </>
  );
}
