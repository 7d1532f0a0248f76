import { useState } from 'preact/hooks';
import { ColumnChart } from '../../../components/column-chart.tsx';
import { SegmentedControl } from '../../../components/segmented-control.tsx';
import { counted, fixed, signed, usdt } from '../../../format/numbers.ts';
import { utcDay } from '../../../format/time.ts';
import type { Histogram, RunPerformance } from '../run.ts';
import { Card } from './card.tsx';
import { FEW_LOTS, histogramHeadline, periodHeadline } from './headlines.ts';

const PERIODS = [
  { id: 'day', label: 'Days' },
  { id: 'week', label: 'Weeks' },
] as const;

/** At most so many days have a column; more than that are weeks. */
const MAX_COLUMNS = 70;
const MAX_TICKS = 6;

/** The result by day or by week. */
export function PeriodCard({ performance }: { readonly performance: RunPerformance }) {
  const [period, setPeriod] = useState<'day' | 'week'>(
    performance.pnl_by_day.length > MAX_COLUMNS ? 'week' : 'day',
  );
  const rows = period === 'day' ? performance.pnl_by_day : performance.pnl_by_week;
  const shown = rows.slice(-MAX_COLUMNS);
  const every = Math.ceil(shown.length / MAX_TICKS);
  return (
    <Card
      headline={periodHeadline(rows, period)}
      detail={
        <span class="row spread">
          <span>
            USDT by UTC {period}
            {rows.length > shown.length && `, the last ${counted(shown.length, period)}`}
          </span>
          <SegmentedControl
            label="Length of a column"
            options={PERIODS}
            selected={period}
            onSelect={setPeriod}
          />
        </span>
      }
    >
      <ColumnChart
        label={shown.map(({ period: name, pnl_usdt }) => `${name}: ${signed(pnl_usdt, usdt)}`).join(', ')}
        columns={shown.map(({ period: name, pnl_usdt }) => ({
          key: name,
          value: pnl_usdt,
          tone: pnl_usdt < 0 ? 'short' : 'long',
          title: `${name}: ${signed(pnl_usdt, usdt)} USDT`,
        }))}
        tickOf={(index) => (index % every === 0 ? shortPeriod(shown[index]!.period) : undefined)}
        format={(value) => fixed(value, Math.abs(value) < 10 && value !== 0 ? 1 : 0)}
      />
    </Card>
  );
}

/** `2026-11-25` as `25 Nov`, `2026-W48` as `W48`. */
function shortPeriod(period: string): string {
  const [, month, day] = period.split('-');
  return day === undefined ? (month ?? period) : utcDay(period);
}

/** The results of lots in % of their margin. */
export function HistogramCard({ histogram }: { readonly histogram: Histogram }) {
  const { width_pct, first_bin, counts } = histogram;
  if (counts.reduce((sum, lots) => sum + lots, 0) < FEW_LOTS)
    return <Card headline={histogramHeadline(histogram)} />;
  const digits = Number.isInteger(width_pct) ? 0 : 1;
  const edge = (index: number) => fixed((first_bin + index) * width_pct, digits);
  const every = Math.ceil(counts.length / MAX_TICKS);
  const titles = counts.map(
    (lots, index) => `${edge(index)} to ${edge(index + 1)} %: ${counted(lots, 'lot')}`,
  );
  return (
    <Card headline={histogramHeadline(histogram)} detail="Lots by result, % of the margin">
      <ColumnChart
        label={titles.join(', ')}
        columns={counts.map((lots, index) => ({
          key: String(first_bin + index),
          value: lots,
          tone: first_bin + index < 0 ? 'short' : 'long',
          title: titles[index]!,
        }))}
        tickOf={(index) => (index % every === 0 ? edge(index) : undefined)}
        format={(value) => fixed(value, 0)}
      />
    </Card>
  );
}
