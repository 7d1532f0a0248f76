import type { PositionAnswer } from '../../../http/positions/schema.ts';
import { type Column, numberColumn } from '../../components/columns.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { Time } from '../../components/time.tsx';
import { TwoLines } from '../../components/two-lines.tsx';
import { GainLoss } from '../../components/values.tsx';
import { leverage, price, signed, signedPercent, usdt } from '../../format/numbers.ts';
import { duration, MINUTE_MS } from '../../format/time.ts';
import { Side } from './direction.tsx';
import { CLOSE_LABELS, ORIGIN_LABELS } from './labels.ts';
import { PagedTable } from './paged-table.tsx';
import type { PagedResource } from './use-paged-list.ts';

const DESKTOP_USDT = { unit: 'USDT', isDesktopOnly: true };

const COLUMNS: readonly Column<PositionAnswer>[] = [
  {
    label: 'Closed',
    unit: 'UTC',
    cell: ({ close_time, open_time }) => (
      <TwoLines second={`held ${holdingTime(open_time, close_time)}`}>
        <Time at={close_time} />
      </TwoLines>
    ),
  },
  {
    label: 'Side',
    cell: ({ side, close_reason }) => (
      <TwoLines second={close_reason === null ? '' : CLOSE_LABELS[close_reason]}>
        <Side side={side} />
      </TwoLines>
    ),
  },
  {
    label: 'PnL',
    unit: 'USDT',
    isNumber: true,
    cell: ({ realized_pnl_usdt, realized_pnl_pct }) => (
      <TwoLines second={`${signedPercent(realized_pnl_pct)} of margin`}>
        <GainLoss value={realized_pnl_usdt} format={usdt} />
      </TwoLines>
    ),
  },
  numberColumn('Entry', ({ entry_price }) => entry_price, price, { isDesktopOnly: true }),
  numberColumn('Exit', ({ exit_price }) => exit_price, price, { isDesktopOnly: true }),
  numberColumn('Size', ({ size_usdt }) => size_usdt, usdt, DESKTOP_USDT),
  {
    label: 'Leverage',
    isNumber: true,
    isDesktopOnly: true,
    cell: (position) => leverage(position.leverage),
  },
  numberColumn('Fees', ({ fees_usdt }) => -fees_usdt, usdt, DESKTOP_USDT),
  numberColumn(
    'Funding',
    ({ funding_usdt }) => funding_usdt,
    (value) => signed(value, usdt),
    DESKTOP_USDT,
  ),
  { label: 'Origin', isDesktopOnly: true, cell: ({ origin }) => ORIGIN_LABELS[origin] },
];

/** Closed positions, newest first. */
export function TradesTable({ trades }: { readonly trades: PagedResource<PositionAnswer> }) {
  return (
    <PagedTable
      caption="Trades"
      columns={COLUMNS}
      list={trades}
      rowKey={({ id }) => id}
      empty={
        <EmptyState title="No trade yet">
          A trade is a closed lot: closed by its stop, target or time limit, by a flip, or manually.
        </EmptyState>
      }
    />
  );
}

function holdingTime(from: string, to: string | null): string {
  if (to === null) return '';
  return duration(Math.round((Date.parse(to) - Date.parse(from)) / MINUTE_MS) * MINUTE_MS);
}
