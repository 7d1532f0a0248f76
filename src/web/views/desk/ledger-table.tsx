import type { LedgerAnswer } from '../../../http/ledger/schema.ts';
import { type Column, numberColumn, timeColumn } from '../../components/columns.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { GainLoss } from '../../components/values.tsx';
import { count, fixed, usdt } from '../../format/numbers.ts';
import { LEDGER_LABELS } from './labels.ts';
import { PagedTable } from './paged-table.tsx';
import type { RecordSource } from './record-source.ts';
import { usePagedList } from './use-paged-list.ts';

type LedgerLine = LedgerAnswer['items'][number];

const PAGE_SIZE = 100;
/** Funding of a small lot is less than a cent. */
const AMOUNT_DIGITS = 4;

const COLUMNS: readonly Column<LedgerLine>[] = [
  timeColumn('Time', ({ time }) => time),
  { label: 'Type', cell: ({ kind }) => LEDGER_LABELS[kind] },
  {
    label: 'Amount',
    unit: 'USDT',
    isNumber: true,
    cell: ({ amount_usdt }) => (
      <GainLoss value={amount_usdt} format={(value) => fixed(value, AMOUNT_DIGITS)} />
    ),
  },
  numberColumn('Wallet after', ({ wallet_after }) => wallet_after, usdt, { unit: 'USDT' }),
  {
    label: 'Epoch, line',
    isNumber: true,
    isDesktopOnly: true,
    cell: ({ epoch, sequence }) => `${count(epoch)} / ${count(sequence)}`,
  },
  {
    label: 'Lot',
    isDesktopOnly: true,
    cell: ({ position_id }) => (
      <code class="lot-id" title={position_id ?? undefined}>
        {position_id}
      </code>
    ),
  },
];

/** Every movement of money, newest first (paper.md#37). */
export function LedgerTable({ source }: { readonly source: RecordSource }) {
  const ledger = usePagedList<LedgerLine>(
    source.ledger,
    PAGE_SIZE,
    ({ id }) => id,
    source.reloadOptions('equity'),
  );
  return (
    <PagedTable
      caption="Ledger"
      columns={COLUMNS}
      list={ledger}
      rowKey={({ id }) => id}
      empty={
        <EmptyState title="No ledger line yet">The first line is the entry fee of the first lot.</EmptyState>
      }
    />
  );
}
