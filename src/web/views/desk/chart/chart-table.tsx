import type { ChartCandle } from '../../../charts/chart-candle.ts';
import type { DeskPlotData } from '../../../charts/desk-plot-data.ts';
import type { EquityPoint } from '../../../charts/equity-layer.ts';
import { lastOfEachBar } from '../../../charts/time-grid.ts';
import { type Column, numberColumn } from '../../../components/columns.tsx';
import { DataTable } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/messages.tsx';
import { count, counted, percent, price, signed, signedPercent, usdt } from '../../../format/numbers.ts';
import { utcDayHour } from '../../../format/time.ts';
import { groupBy } from '../../../group-by.ts';
import type { DeskChartProps, ShownCandles } from './chart-run.ts';
import { decisionAt } from './chart-view.ts';

interface Row extends ChartCandle {
  readonly equity: EquityPoint | undefined;
  /** What opened and closed in the candle. */
  readonly trades: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { label: 'Opens', unit: 'UTC', value: ({ time }) => time, cell: ({ time }) => utcDayHour(time) },
  numberColumn('Open', ({ open }) => open, price),
  numberColumn('High', ({ high }) => high, price),
  numberColumn('Low', ({ low }) => low, price),
  numberColumn('Close', ({ close }) => close, price),
  numberColumn('Volume', ({ volume }) => volume, count),
  numberColumn('Account', ({ equity }) => equity?.account, signedPercentOrNothing),
  numberColumn('Holding', ({ equity }) => equity?.holding, signedPercentOrNothing),
  numberColumn(
    'Below its peak',
    ({ equity }) => equity?.drawdown,
    (value) => (value == null ? '' : percent(value)),
  ),
  { label: 'Trades', cell: ({ trades }) => trades },
];

interface ChartTableProps extends Pick<DeskChartProps, 'run' | 'onSelect'> {
  readonly shown: ShownCandles;
  readonly data: Omit<DeskPlotData, 'forming'>;
}

/** The data of the chart, newest candle first. A candle opens its decision. */
export function ChartTable({ run, shown, data, onSelect }: ChartTableProps) {
  const { stepMs } = shown;
  const newestClose = (data.candles.at(-1)?.time ?? 0) + stepMs;
  const open = (time: number) => {
    const candle = decisionAt(time, stepMs, run.pipeline.decisionMs, newestClose);
    onSelect({ candle: new Date(candle).toISOString() });
  };
  return (
    <div class="desk-chart-plot">
      <div class="desk-chart-table">
        <DataTable
          caption="Data of the chart"
          columns={COLUMNS}
          rows={tableRows(data, stepMs)}
          rowKey={({ time }) => String(time)}
          onOpen={({ time }) => open(time)}
          empty={
            <EmptyState title="No candle is stored">Candles come when the market is followed.</EmptyState>
          }
        />
      </div>
    </div>
  );
}

/** A row for each candle, newest first. */
function tableRows(
  { candles, equity, grid, positions }: Pick<DeskPlotData, 'candles' | 'equity' | 'grid' | 'positions'>,
  stepMs: number,
): Row[] {
  const known = new Map(lastOfEachBar(grid, equity).map(({ time, point }) => [time * 1000, point]));
  const barOf = (time: number) => Math.floor(time / stepMs) * stepMs;
  const opened = groupBy(positions.positions, (one) => barOf(one.opened));
  const closed = groupBy(positions.lines, (line) => barOf(line.closed));
  return candles.toReversed().map((candle) => {
    const entries = opened.get(candle.time)?.map(({ side }) => `${side} opened`) ?? [];
    const exits = closed.get(candle.time) ?? [];
    const pnl = exits.reduce((sum, line) => sum + line.pnl, 0);
    const results =
      exits.length === 0 ? [] : [`${counted(exits.length, 'lot')} closed, ${signed(pnl, usdt)} USDT`];
    return { ...candle, equity: known.get(candle.time), trades: [...entries, ...results].join('; ') };
  });
}

function signedPercentOrNothing(value: number | null | undefined): string {
  return value == null ? '' : signedPercent(value);
}
