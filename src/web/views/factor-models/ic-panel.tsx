import { useMemo, useState } from 'preact/hooks';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { RangeChoice } from '../../components/range-choice.tsx';
import { sortRows } from '../../components/sort-rows.ts';
import { count, NOTHING } from '../../format/numbers.ts';
import { IcChart } from './ic-chart.tsx';
import { IC_ORDERS, type IcOrder, type IcRow } from './ic-rows.ts';
import { matchesAll } from './search.ts';
import { SearchField } from './search-field.tsx';
import { tau } from './tau.ts';

interface IcPanelProps {
  readonly rows: readonly IcRow[];
  readonly returnName: string | null;
}

const FORMS = [
  { id: 'chart', label: 'Chart' },
  { id: 'table', label: 'Table' },
] as const;
const ORDERS = [
  { id: 'size', label: 'Size' },
  { id: 'value', label: 'Value' },
  { id: 'name', label: 'Name' },
] as const;

/** How strongly each factor moves with the return: as bars, or as the table that training wrote. */
export function IcPanel({ rows, returnName }: IcPanelProps) {
  const [form, setForm] = useState<'chart' | 'table'>('chart');
  const [order, setOrder] = useState<IcOrder>('size');
  const [search, setSearch] = useState('');
  const found = useMemo(() => {
    const { value, direction } = IC_ORDERS[order];
    return sortRows(
      rows.filter(({ factor }) => matchesAll(factor, search)),
      value,
      direction,
    );
  }, [rows, order, search]);
  const title = 'Information coefficient';
  if (rows.length === 0) {
    return (
      <Panel title={title}>
        <EmptyState title="No coefficients">
          They come from <code>…_ic.csv</code>, or from <code>ic_df</code> in <code>…_info.pkl</code>; neither
          has a row for this group.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel
      title={title}
      beside={
        <span class="soft small">
          Kendall’s tau{returnName !== null && <span class="foreign"> with {returnName}</span>}
        </span>
      }
      actions={<RangeChoice label="Shown as" options={FORMS} selected={form} onSelect={setForm} />}
      flush
    >
      <div class="tools">
        <SearchField label="Search factors" value={search} onInput={setSearch} />
        <span class="soft tools-text" role="status">
          {found.length === rows.length
            ? `${count(rows.length)} rows`
            : `${count(found.length)} of ${count(rows.length)} rows`}
        </span>
        {form === 'chart' && (
          <div class="tools-order">
            <span class="soft small">Sorted by</span>
            <RangeChoice label="Sorted by" options={ORDERS} selected={order} onSelect={setOrder} />
          </div>
        )}
      </div>
      {found.length === 0 ? (
        <EmptyState title="No factor has that in its name">Search for another part of it.</EmptyState>
      ) : form === 'chart' ? (
        <IcChart rows={found} all={rows} />
      ) : (
        <DataTable
          caption="Information coefficients"
          columns={COLUMNS}
          rows={found}
          rowKey={({ key }) => key}
          order={{ key: 'size', direction: 'descending' }}
          empty={null}
          height="min(40rem, 70dvh)"
        />
      )}
    </Panel>
  );
}

const COLUMNS: readonly Column<IcRow>[] = [
  {
    key: 'factor',
    label: 'Factor',
    value: ({ factor }) => factor,
    cell: ({ factor }) => <span class="factor-name">{factor}</span>,
  },
  {
    key: 'dim',
    label: 'Input',
    isNumber: true,
    value: ({ dim }) => dim,
    cell: ({ dim }) => (dim === undefined ? <span class="soft">not used</span> : count(dim)),
  },
  {
    key: 'symbol',
    label: 'Symbol',
    isMinor: true,
    value: ({ symbol }) => symbol,
    cell: ({ symbol }) => <span class="foreign">{symbol ?? NOTHING}</span>,
  },
  {
    key: 'return',
    label: 'Return',
    isMinor: true,
    value: ({ returnName }) => returnName,
    cell: ({ returnName }) => <span class="foreign">{returnName ?? NOTHING}</span>,
  },
  {
    key: 'tau',
    label: 'Tau',
    isNumber: true,
    value: (row) => row.tau,
    cell: (row) => tau(row.tau),
  },
  {
    key: 'size',
    label: 'Size',
    isNumber: true,
    isMinor: true,
    value: IC_ORDERS.size.value,
    cell: (row) => tau(IC_ORDERS.size.value(row) as number | null).replace('+', ''),
  },
];
