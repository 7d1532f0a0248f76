import type { PositionAnswer } from '../../../http/accounts/schema.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Change } from '../../components/figures.tsx';
import { EmptyState, ErrorNote } from '../../components/notes.tsx';
import { Time } from '../../components/time.tsx';
import { fixed, percent, price, signed, usdt } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';
import { Side } from './direction.tsx';
import { CLOSE_WORDS, ORIGIN_WORDS } from './reasons.ts';
import type { Paged } from './use-paged.ts';

const MINUTE_MS = 60_000;

const COLUMNS: readonly Column<PositionAnswer>[] = [
  {
    key: 'closed',
    label: 'Closed',
    unit: 'UTC',
    cell: ({ close_time, open_time }) => (
      <>
        <Time at={close_time} />
        <span class="soft small under">held {heldFor(open_time, close_time)}</span>
      </>
    ),
  },
  {
    key: 'side',
    label: 'Side',
    cell: ({ side, close_reason }) => (
      <>
        <Side side={side} />
        <span class="soft small under">{close_reason === null ? '' : CLOSE_WORDS[close_reason]}</span>
      </>
    ),
  },
  {
    key: 'pnl',
    label: 'PnL',
    unit: 'USDT',
    isNumber: true,
    cell: ({ realized_pnl_usdt, realized_pnl_pct }) => (
      <>
        <Change value={realized_pnl_usdt} format={usdt} />
        <span class="soft small under">{signed(realized_pnl_pct, percent)} of margin</span>
      </>
    ),
  },
  {
    key: 'entry',
    label: 'Entry',
    isNumber: true,
    isMinor: true,
    cell: ({ entry_price }) => price(entry_price),
  },
  { key: 'exit', label: 'Exit', isNumber: true, isMinor: true, cell: ({ exit_price }) => price(exit_price) },
  {
    key: 'size',
    label: 'Size',
    unit: 'USDT',
    isNumber: true,
    isMinor: true,
    cell: ({ size_usdt }) => usdt(size_usdt),
  },
  {
    key: 'leverage',
    label: 'Leverage',
    isNumber: true,
    isMinor: true,
    cell: ({ leverage }) => `${fixed(leverage, Number.isInteger(leverage) ? 0 : 1)}x`,
  },
  {
    key: 'fees',
    label: 'Fees',
    unit: 'USDT',
    isNumber: true,
    isMinor: true,
    cell: ({ fees_usdt }) => usdt(-fees_usdt),
  },
  {
    key: 'funding',
    label: 'Funding',
    unit: 'USDT',
    isNumber: true,
    isMinor: true,
    cell: ({ funding_usdt }) => signed(funding_usdt, usdt),
  },
  { key: 'origin', label: 'By', isMinor: true, cell: ({ origin }) => ORIGIN_WORDS[origin] },
];

/** Closed positions, newest first. */
export function TradesTable({
  items,
  trades,
}: {
  readonly items: readonly PositionAnswer[];
  readonly trades: Paged<PositionAnswer>;
}) {
  return (
    <>
      <DataTable
        caption="Trades"
        columns={COLUMNS}
        rows={items}
        rowKey={({ id }) => id}
        onMore={trades.more}
        isLoadingMore={trades.isLoadingMore}
        height="34rem"
        empty={
          <EmptyState title="No trade yet">
            A trade stands here once a lot is closed: by its stop, its target, its time, a flip or by hand.
          </EmptyState>
        }
      />
      {trades.moreError !== undefined && <ErrorNote error={trades.moreError} />}
    </>
  );
}

function heldFor(from: string, to: string | null): string {
  if (to === null) return '';
  return duration(Math.round((Date.parse(to) - Date.parse(from)) / MINUTE_MS) * MINUTE_MS);
}
