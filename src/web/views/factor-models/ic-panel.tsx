import { useMemo, useState } from 'preact/hooks';
import { type Column, numberColumn, textColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { SegmentedControl } from '../../components/segmented-control.tsx';
import { sortRows } from '../../components/sort-rows.ts';
import { count } from '../../format/numbers.ts';
import { factorColumn } from './factor-column.tsx';
import { IcChart } from './ic-chart.tsx';
import { IC_ORDERS, type IcOrder, type IcRow, sizeOf } from './ic-rows.ts';
import { matchesAll } from './search.ts';
import { NoMatch, SearchField } from './search-field.tsx';
import { formatTau, formatTauSize } from './tau.ts';

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

const TITLE = 'Information coefficient';

/** The information coefficients of a group, as bars or as a table. */
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
  if (rows.length === 0) {
    return (
      <Panel title={TITLE}>
        <EmptyState title="No coefficients">
          Neither <code>…_ic.csv</code> nor <code>ic_df</code> in <code>…_info.pkl</code> has a row of this
          group.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel
      title={TITLE}
      beside={
        <span class="muted small">
          Kendall’s tau{returnName !== null && <span class="user-text"> with {returnName}</span>}
        </span>
      }
      actions={<SegmentedControl label="Shown as" options={FORMS} selected={form} onSelect={setForm} />}
      flush
    >
      <div class="row toolbar">
        <SearchField value={search} onInput={setSearch} />
        <span class="muted toolbar-text" role="status">
          {found.length < rows.length && `${count(found.length)} of `}
          {count(rows.length)} rows
        </span>
        {form === 'chart' && (
          <div class="row">
            <span class="muted small">Sorted by</span>
            <SegmentedControl label="Sorted by" options={ORDERS} selected={order} onSelect={setOrder} />
          </div>
        )}
      </div>
      {found.length === 0 ? (
        <NoMatch />
      ) : form === 'chart' ? (
        <IcChart rows={found} allRows={rows} />
      ) : (
        <DataTable
          caption="Information coefficients"
          columns={COLUMNS}
          rows={found}
          rowKey={({ key }) => key}
          initialOrder={{ key: 'Size', direction: 'descending' }}
          empty={null}
          height="min(40rem, 70dvh)"
        />
      )}
    </Panel>
  );
}

const COLUMNS: readonly Column<IcRow>[] = [
  factorColumn(({ factor }) => factor),
  numberColumn(
    'Input',
    ({ dim }) => dim,
    (dim) => (dim === undefined ? <span class="muted">not used</span> : count(dim)),
  ),
  textColumn('Symbol', ({ symbol }) => symbol, { isDesktopOnly: true }),
  textColumn('Return', ({ returnName }) => returnName, { isDesktopOnly: true }),
  numberColumn('Tau', ({ tau }) => tau, formatTau),
  numberColumn('Size', sizeOf, formatTauSize, { isDesktopOnly: true }),
];
