import type { MarketStatusAnswer } from '../../../http/market/schema.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Time } from '../../components/time.tsx';
import { count } from '../../format/numbers.ts';

interface Trouble {
  readonly key: string;
  readonly symbol: string;
  readonly what: string;
  readonly from: string;
  readonly candles: number;
  readonly asked_at: string;
  readonly asks: number;
}

const COLUMNS: readonly Column<Trouble>[] = [
  {
    key: 'from',
    label: 'From',
    unit: 'UTC',
    value: ({ from }) => from,
    cell: ({ from }) => <Time at={from} />,
  },
  { key: 'symbol', label: 'Symbol', value: ({ symbol }) => symbol },
  {
    key: 'what',
    label: 'What',
    value: ({ what }) => what,
    cell: ({ what }) => <span class="foreign">{what}</span>,
  },
  {
    key: 'candles',
    label: 'Candles',
    isNumber: true,
    value: ({ candles }) => candles,
    cell: ({ candles }) => count(candles),
  },
  {
    key: 'asked',
    label: 'Asked again',
    isMinor: true,
    value: ({ asked_at }) => asked_at,
    cell: ({ asked_at, asks }) => (
      <>
        {count(asks)} {asks === 1 ? 'time' : 'times'}, <Time at={asked_at} show="age" />
      </>
    ),
  },
];

/** Candles that the exchange does not have, and those that contradict each other. */
export function Gaps({ symbols }: { readonly symbols: MarketStatusAnswer['symbols'] }) {
  const rows = symbols.flatMap(({ symbol, gaps, mismatches }): Trouble[] => [
    ...gaps.map(({ timeframe, from, candles, asked_at, asks }) => ({
      key: `${symbol} gap ${timeframe} ${from}`,
      ...{ symbol, from, candles, asked_at, asks },
      what: `${timeframe} candles that the exchange does not have`,
    })),
    ...mismatches.map(({ open_time, problem, asked_at, asks }) => ({
      key: `${symbol} mismatch ${open_time}`,
      ...{ symbol, asked_at, asks },
      from: open_time,
      candles: 1,
      what: `15m candle against its 3m candles: ${problem}`,
    })),
  ]);
  const all = symbols.reduce((sum, one) => sum + one.gap_count + one.mismatch_count, 0);
  return (
    <>
      <DataTable
        caption="Gaps and contradictions"
        columns={COLUMNS}
        rows={rows}
        rowKey={({ key }) => key}
        order={{ key: 'from', direction: 'descending' }}
        pageSize={10}
        empty={
          <EmptyState title="No gaps">
            All candles that were asked for are there, and agree with each other.
          </EmptyState>
        }
      />
      {all > rows.length && (
        <p class="table-foot">
          The newest {count(rows.length)} of {count(all)}.
        </p>
      )}
    </>
  );
}
