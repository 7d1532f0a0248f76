import type { DashboardAnswer } from '../../../http/dashboard/schema.ts';
import type { PriceAnswer } from '../../../http/market/schema.ts';
import type { PositionAnswer } from '../../../http/positions/schema.ts';
import { Button } from '../../components/button.tsx';
import { type Column, numberColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState, ErrorNotice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { TwoLines } from '../../components/two-lines.tsx';
import { GainLoss } from '../../components/values.tsx';
import { sendJson } from '../../data/api.ts';
import { now } from '../../data/clock.ts';
import type { Resource } from '../../data/resource.ts';
import { toast } from '../../data/toasts.ts';
import { withSegments } from '../../data/urls.ts';
import { useCommand } from '../../data/use-command.ts';
import { price as formatPrice, leverage, signed, signedPercent, usdt } from '../../format/numbers.ts';
import { duration, MINUTE_MS } from '../../format/time.ts';
import { Side } from './direction.tsx';
import { ORIGIN_LABELS } from './labels.ts';
import { distancePct, pnlAtPrice } from './live-pnl.ts';

interface OpenLotsProps {
  readonly dashboard: DashboardAnswer;
  readonly livePrice: Resource<PriceAnswer>;
  readonly onChanged: () => void;
}

/** The open lots at the live price, and how to close them. */
export function OpenLots({ dashboard, livePrice, onChanged }: OpenLotsProps) {
  const price = livePrice.data.value?.price;
  const { open_positions: lots, available_slots: available } = dashboard;
  const { isBusy, error, run } = useCommand();
  const close = (lot: PositionAnswer) => {
    const priceText =
      price === undefined ? 'the newest price' : `the newest price, about ${formatPrice(price)}`;
    return run(
      async () => {
        const path = withSegments('/paper/position', lot.id, 'close');
        const closed = await sendJson<PositionAnswer>('POST', path);
        toast(`Closed at ${formatPrice(closed.exit_price)}: ${signed(closed.realized_pnl_usdt, usdt)} USDT.`);
        onChanged();
      },
      {
        title: `Close the ${lot.side.toLowerCase()} lot?`,
        detail: `${usdt(lot.size_usdt)} USDT, entry ${formatPrice(lot.entry_price)}. It closes at ${priceText}, with slippage and fee.`,
        action: 'Close lot',
        isDanger: true,
      },
    );
  };
  return (
    <Panel
      title="Open lots"
      beside={
        lots.length > 0 && <span class="muted small">{`${lots.length} open, ${available} available`}</span>
      }
      flush
    >
      <ErrorNotice error={error} />
      <DataTable
        caption="Open lots"
        columns={columnsAt(price, close, isBusy)}
        rows={lots}
        rowKey={({ id }) => id}
        isSortable={false}
        empty={
          <EmptyState title="No open lot">
            A lot opens when the package decides so, or manually with “Open position”.
          </EmptyState>
        }
      />
    </Panel>
  );
}

function columnsAt(
  price: number | undefined,
  close: (lot: PositionAnswer) => Promise<void>,
  isBusy: boolean,
): readonly Column<PositionAnswer>[] {
  const pnlOf = (lot: PositionAnswer) =>
    price === undefined ? lot.unrealized_pnl_usdt : pnlAtPrice(lot, price);
  const exitPrice = (value: number | null | undefined) =>
    price === undefined || value == null ? (
      formatPrice(value)
    ) : (
      <TwoLines second={signedPercent(distancePct(price, value))}>{formatPrice(value)}</TwoLines>
    );
  return [
    {
      label: 'Lot',
      unit: 'USDT',
      cell: (lot) => (
        <TwoLines second={`${usdt(lot.size_usdt)} · ${leverage(lot.leverage)}`}>
          <Side side={lot.side} />
        </TwoLines>
      ),
    },
    {
      label: 'PnL',
      unit: 'USDT',
      isNumber: true,
      cell: (lot) => (
        <TwoLines second={signedPercent(shareOf(pnlOf(lot), lot.margin_usdt))}>
          <GainLoss value={pnlOf(lot)} format={usdt} />
        </TwoLines>
      ),
    },
    numberColumn('Entry', ({ entry_price }) => entry_price, formatPrice, { isDesktopOnly: true }),
    numberColumn('Stop', ({ stop_loss }) => stop_loss, exitPrice, { isDesktopOnly: true }),
    numberColumn('Target', ({ take_profit }) => take_profit, exitPrice, { isDesktopOnly: true }),
    {
      label: 'Stop, target',
      isNumber: true,
      isPhoneOnly: true,
      cell: ({ stop_loss, take_profit }) => (
        <>
          <span class="second-line">{formatPrice(stop_loss)}</span>
          <span class="second-line">{formatPrice(take_profit)}</span>
        </>
      ),
    },
    numberColumn('Margin', ({ margin_usdt }) => margin_usdt, usdt, { unit: 'USDT', isDesktopOnly: true }),
    {
      label: 'Fees, funding',
      unit: 'USDT',
      isNumber: true,
      isDesktopOnly: true,
      cell: ({ fees_usdt, funding_usdt }) => (
        <TwoLines second={signed(funding_usdt, usdt)}>{usdt(-fees_usdt)}</TwoLines>
      ),
    },
    {
      label: 'Opened',
      unit: 'UTC',
      isDesktopOnly: true,
      cell: ({ open_time }) => (
        <TwoLines second={<HoldingTime since={open_time} />}>
          <Time at={open_time} />
        </TwoLines>
      ),
    },
    { label: 'Origin', isDesktopOnly: true, cell: ({ origin }) => ORIGIN_LABELS[origin] },
    {
      label: '',
      isNumber: true,
      cell: (lot) => (
        <Button
          size="small"
          onClick={() => void close(lot)}
          isBusy={isBusy}
          label={`Close this ${lot.side.toLowerCase()} lot`}
        >
          Close
        </Button>
      ),
    },
  ];
}

/** A component of its own, so that only it re-renders every second. */
function HoldingTime({ since }: { readonly since: string }) {
  const ms = Math.max(0, now.value - Date.parse(since));
  return <>held {duration(ms < MINUTE_MS ? ms : Math.floor(ms / MINUTE_MS) * MINUTE_MS)}</>;
}

function shareOf(value: number | null, of: number): number | null {
  return value === null ? null : (value / of) * 100;
}
