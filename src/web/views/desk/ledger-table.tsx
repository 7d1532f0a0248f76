import type { LedgerAnswer } from '../../../http/accounts/schema.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Change } from '../../components/figures.tsx';
import { EmptyState, ErrorNote } from '../../components/notes.tsx';
import { Time } from '../../components/time.tsx';
import { count, fixed, usdt } from '../../format/numbers.ts';
import { LEDGER_WORDS } from './reasons.ts';
import type { Paged } from './use-paged.ts';

export type LedgerLine = LedgerAnswer['items'][number];

/** Funding of a small lot is less than a cent. */
const AMOUNT_DIGITS = 4;

const COLUMNS: readonly Column<LedgerLine>[] = [
  { key: 'time', label: 'Time', unit: 'UTC', cell: ({ time }) => <Time at={time} /> },
  { key: 'kind', label: 'Movement', cell: ({ kind }) => LEDGER_WORDS[kind] },
  {
    key: 'amount',
    label: 'Amount',
    unit: 'USDT',
    isNumber: true,
    cell: ({ amount_usdt }) => <Change value={amount_usdt} format={(value) => fixed(value, AMOUNT_DIGITS)} />,
  },
  {
    key: 'wallet',
    label: 'Wallet after',
    unit: 'USDT',
    isNumber: true,
    cell: ({ wallet_after }) => usdt(wallet_after),
  },
  {
    key: 'epoch',
    label: 'Epoch, line',
    isNumber: true,
    isMinor: true,
    cell: ({ epoch, sequence }) => `${count(epoch)} / ${count(sequence)}`,
  },
  {
    key: 'lot',
    label: 'Lot',
    isMinor: true,
    cell: ({ position_id }) => (
      <code class="lot-id" title={position_id ?? undefined}>
        {position_id}
      </code>
    ),
  },
];

/** Every movement of money, newest first. */
export function LedgerTable({
  items,
  ledger,
}: {
  readonly items: readonly LedgerLine[];
  readonly ledger: Paged<LedgerLine>;
}) {
  return (
    <>
      <DataTable
        caption="Ledger"
        columns={COLUMNS}
        rows={items}
        rowKey={({ id }) => id}
        onMore={ledger.more}
        isLoadingMore={ledger.isLoadingMore}
        height="34rem"
        empty={
          <EmptyState title="No money moved yet">
            The first line is the fee of the first lot that opens.
          </EmptyState>
        }
      />
      {ledger.moreError !== undefined && <ErrorNote error={ledger.moreError} />}
    </>
  );
}
