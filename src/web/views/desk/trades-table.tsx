import type { TradeAnswer } from '../../../http/positions/schema.ts';
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

const COLUMNS: readonly Column<TradeAnswer>[] = [
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
  excursionColumn('MAE', ({ mae_usdt, mae_pct }) => [mae_usdt, mae_pct]),
  excursionColumn('MFE', ({ mfe_usdt, mfe_pct }) => [mfe_usdt, mfe_pct]),
  { label: 'Origin', isDesktopOnly: true, cell: ({ origin }) => ORIGIN_LABELS[origin] },
];

/** The lowest or highest result on the way, before fees; "–" where candles are missing. */
function excursionColumn(
  label: string,
  read: (trade: TradeAnswer) => readonly [amount: number | null, percent: number | null],
): Column<TradeAnswer> {
  return {
    label,
    unit: 'USDT',
    isNumber: true,
    isDesktopOnly: true,
    cell(trade) {
      const [amount, share] = read(trade);
      return (
        <span title={share === null ? 'Candles are missing' : `${signedPercent(share)} of margin`}>
          {signed(amount, usdt)}
        </span>
      );
    },
  };
}

/** Closed positions, newest first. */
export function TradesTable({ trades }: { readonly trades: PagedResource<TradeAnswer> }) {
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
