import type { ForecastQualityAnswer } from '../../../http/accounts/schema.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Time } from '../../components/time.tsx';
import { count, fixed, percent, signed } from '../../format/numbers.ts';

type Horizon = ForecastQualityAnswer['horizons'][number];

const COLUMNS: readonly Column<Horizon>[] = [
  {
    key: 'horizon',
    label: 'Horizon',
    value: (one) => one.horizon_steps,
    cell: (one) => `${one.horizon_hours} h`,
  },
  {
    key: 'forecasts',
    label: 'Forecasts',
    isNumber: true,
    value: (one) => one.forecasts,
    cell: (one) => count(one.forecasts),
  },
  {
    key: 'coverage',
    label: 'Coverage',
    isNumber: true,
    value: (one) => one.coverage_pct,
    cell: (one) => (
      <>
        {percent(one.coverage_pct, 1)}
        <span class="soft small under">nominal {percent(one.nominal_pct, 0)}</span>
      </>
    ),
  },
  {
    key: 'skill',
    label: 'Skill',
    isNumber: true,
    value: (one) => one.skill,
    cell: ({ skill }) => (
      <span class={skill === null ? 'soft' : skill > 0 ? 'up' : 'down'}>
        {signed(skill, (value) => fixed(value, 3))}
      </span>
    ),
  },
  {
    key: 'pinball',
    label: 'Pinball loss',
    isNumber: true,
    isMinor: true,
    value: (one) => one.pinball,
    cell: (one) => fixed(one.pinball, 6),
  },
  {
    key: 'historical',
    label: 'of history',
    isNumber: true,
    isMinor: true,
    value: (one) => one.historical_pinball,
    cell: (one) => fixed(one.historical_pinball, 6),
  },
  {
    key: 'compared',
    label: 'Compared',
    isNumber: true,
    isMinor: true,
    value: (one) => one.compared,
    cell: (one) => count(one.compared),
  },
];

/** How good the forecasts were whose outcome is known, by horizon. */
export function ForecastQuality({ quality }: { readonly quality: ForecastQualityAnswer | null }) {
  if (quality === null || quality.horizons.every(({ forecasts }) => forecasts === 0)) {
    return (
      <EmptyState title="Too early to judge forecasts">
        The first forecast can be held against what came one hour after its candle, the whole of it after 48
        hours.
      </EmptyState>
    );
  }
  return (
    <>
      <DataTable
        caption="Quality of forecasts"
        columns={COLUMNS}
        rows={quality.horizons}
        rowKey={({ horizon_steps }) => String(horizon_steps)}
        empty={null}
      />
      <p class="table-note">
        {count(quality.forecasts)} forecasts from <Time at={quality.from} /> to <Time at={quality.to} /> UTC.
        Coverage: outcomes inside the band, which should be the nominal share. Skill: 1 − pinball loss / loss
        of the historical quantiles; above 0 is better than history.
      </p>
    </>
  );
}
