import type { MarketStatusAnswer } from '../../../http/market/schema.ts';
import { type Column, numberColumn, textColumn, timeColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { Time } from '../../components/time.tsx';
import { count, counted } from '../../format/numbers.ts';

/** A gap, or a decision candle that contradicts its intrabar candles. */
interface Defect {
  readonly key: string;
  readonly symbol: string;
  readonly problem: string;
  readonly from: string;
  readonly candles: number;
  readonly asked_at: string;
  readonly asks: number;
}

const COLUMNS: readonly Column<Defect>[] = [
  timeColumn('From', ({ from }) => from),
  { label: 'Symbol', value: ({ symbol }) => symbol },
  textColumn('Problem', ({ problem }) => problem),
  numberColumn('Candles', ({ candles }) => candles, count),
  {
    label: 'Requested again',
    isDesktopOnly: true,
    value: ({ asked_at }) => asked_at,
    cell: ({ asked_at, asks }) => (
      <>
        {counted(asks, 'time')}, <Time at={asked_at} show="age" />
      </>
    ),
  },
];

/** Candles that the exchange does not have, and candles that contradict each other (market.md#12, market.md#15). */
export function Gaps({ symbols }: { readonly symbols: MarketStatusAnswer['symbols'] }) {
  const rows = symbols.flatMap(({ symbol, gaps, mismatches }): Defect[] => [
    ...gaps.map(({ timeframe, from, candles, asked_at, asks }) => ({
      key: `${symbol} gap ${timeframe} ${from}`,
      ...{ symbol, from, candles, asked_at, asks },
      problem: `missing ${timeframe} candles`,
    })),
    ...mismatches.map(({ timeframe, open_time, problem, asked_at, asks }) => ({
      key: `${symbol} mismatch ${timeframe} ${open_time}`,
      ...{ symbol, asked_at, asks },
      from: open_time,
      candles: 1,
      problem: `${timeframe} candle differs from its intrabar candles: ${problem}`,
    })),
  ]);
  const total = symbols.reduce((sum, one) => sum + one.gap_count + one.mismatch_count, 0);
  return (
    <>
      <DataTable
        caption="Gaps and mismatches"
        columns={COLUMNS}
        rows={rows}
        rowKey={({ key }) => key}
        initialOrder={{ key: 'From', direction: 'descending' }}
        pageSize={10}
        empty={<EmptyState title="No gaps">All requested candles are complete and consistent.</EmptyState>}
      />
      {total > rows.length && (
        <p class="row spread table-footer">
          The newest {count(rows.length)} of {count(total)}.
        </p>
      )}
    </>
  );
}
