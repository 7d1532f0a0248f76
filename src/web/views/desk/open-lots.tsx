import type { DashboardAnswer, PositionAnswer } from '../../../http/accounts/schema.ts';
import type { PriceAnswer } from '../../../http/market/schema.ts';
import { Button } from '../../components/button.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Change } from '../../components/figures.tsx';
import { EmptyState, ErrorNote } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { sendJson } from '../../data/api.ts';
import { now } from '../../data/clock.ts';
import { confirmAction } from '../../data/confirmation.ts';
import type { Resource } from '../../data/resource.ts';
import { toast } from '../../data/toasts.ts';
import { useSubmit } from '../../data/use-submit.ts';
import { fixed, percent, price as priceText, signed, usdt } from '../../format/numbers.ts';
import { duration, instantOf } from '../../format/time.ts';
import { Side } from './direction.tsx';
import { distancePct, pnlAt } from './live-pnl.ts';
import { ORIGIN_WORDS } from './reasons.ts';

interface OpenLotsProps {
  readonly dashboard: DashboardAnswer;
  readonly livePrice: Resource<PriceAnswer>;
  readonly onChanged: () => void;
}

/** Open lots at the newest price, and how to close them. */
export function OpenLots({ dashboard, livePrice, onChanged }: OpenLotsProps) {
  const price = livePrice.data.value?.price;
  const { open_positions: lots, available_slots: free } = dashboard;
  const { isBusy, error, run } = useSubmit();
  const close = (lot: PositionAnswer) =>
    void run(async () => {
      const agreed = await confirmAction({
        title: `Close the ${lot.side.toLowerCase()} lot?`,
        detail: `${usdt(lot.size_usdt)} USDT from ${priceText(lot.entry_price)} are closed at the newest price${
          price === undefined ? '' : `, about ${priceText(price)}`
        }, with slippage and fee.`,
        action: 'Close lot',
        isDanger: true,
      });
      if (!agreed) return;
      const closed = await sendJson<PositionAnswer>(
        'POST',
        `/paper/position/${encodeURIComponent(lot.id)}/close`,
      );
      toast(`Closed at ${priceText(closed.exit_price)}: ${signed(closed.realized_pnl_usdt, usdt)} USDT.`);
      onChanged();
    });
  return (
    <Panel
      title="Open lots"
      beside={<span class="soft small">{lots.length > 0 && `${lots.length} open, room for ${free}`}</span>}
      flush
    >
      {error !== undefined && <ErrorNote error={error} />}
      <DataTable
        caption="Open lots"
        columns={columnsAt(price, close, isBusy)}
        rows={lots}
        rowKey={({ id }) => id}
        empty={
          <EmptyState title="No open lot">
            The next one opens when the package decides so, or by hand with “Open position”.
          </EmptyState>
        }
      />
    </Panel>
  );
}

function columnsAt(
  price: number | undefined,
  close: (lot: PositionAnswer) => void,
  isBusy: boolean,
): readonly Column<PositionAnswer>[] {
  const pnlOf = (lot: PositionAnswer) => (price === undefined ? lot.unrealized_pnl_usdt : pnlAt(lot, price));
  const level = (value: number) => (
    <>
      {priceText(value)}
      {price !== undefined && (
        <span class="soft small under">{signed(distancePct(price, value), (one) => percent(one))}</span>
      )}
    </>
  );
  return [
    {
      key: 'side',
      label: 'Lot',
      unit: 'USDT',
      cell: ({ side, leverage, size_usdt }) => (
        <>
          <Side side={side} />
          <span class="soft small under">
            {usdt(size_usdt)} · {fixed(leverage, Number.isInteger(leverage) ? 0 : 1)}x
          </span>
        </>
      ),
    },
    {
      key: 'pnl',
      label: 'PnL',
      unit: 'USDT',
      isNumber: true,
      cell: (lot) => (
        <>
          <Change value={pnlOf(lot)} format={usdt} />
          <span class="soft small under">{signed(shareOf(pnlOf(lot), lot.margin_usdt), percent)}</span>
        </>
      ),
    },
    {
      key: 'entry',
      label: 'Entry',
      isNumber: true,
      isMinor: true,
      cell: ({ entry_price }) => priceText(entry_price),
    },
    { key: 'stop', label: 'Stop', isNumber: true, isMinor: true, cell: ({ stop_loss }) => level(stop_loss) },
    {
      key: 'target',
      label: 'Target',
      isNumber: true,
      isMinor: true,
      cell: ({ take_profit }) => level(take_profit),
    },
    {
      key: 'exits',
      label: 'Stop, target',
      isNumber: true,
      isForPhones: true,
      cell: ({ stop_loss, take_profit }) => (
        <>
          <span class="under">{priceText(stop_loss)}</span>
          <span class="under">{priceText(take_profit)}</span>
        </>
      ),
    },
    {
      key: 'margin',
      label: 'Margin',
      unit: 'USDT',
      isNumber: true,
      isMinor: true,
      cell: ({ margin_usdt }) => usdt(margin_usdt),
    },
    {
      key: 'costs',
      label: 'Fees, funding',
      unit: 'USDT',
      isNumber: true,
      isMinor: true,
      cell: ({ fees_usdt, funding_usdt }) => (
        <>
          {usdt(-fees_usdt)}
          <span class="soft small under">{signed(funding_usdt, usdt)}</span>
        </>
      ),
    },
    {
      key: 'opened',
      label: 'Opened',
      unit: 'UTC',
      isMinor: true,
      cell: ({ open_time }) => (
        <>
          <Time at={open_time} />
          <span class="soft small under">
            <Held since={open_time} />
          </span>
        </>
      ),
    },
    { key: 'origin', label: 'By', isMinor: true, cell: ({ origin }) => ORIGIN_WORDS[origin] },
    {
      key: 'close',
      label: '',
      isNumber: true,
      cell: (lot) => (
        <Button size="small" onClick={() => close(lot)} isBusy={isBusy} label={`Close this ${lot.side} lot`}>
          Close
        </Button>
      ),
    },
  ];
}

/** Alone in following the clock. */
function Held({ since }: { readonly since: string }) {
  const start = instantOf(since);
  return <>{start === undefined ? '' : `held ${duration(roundDown(now.value - start))}`}</>;
}

const MINUTE_MS = 60_000;

function roundDown(ms: number): number {
  return ms < MINUTE_MS ? Math.max(0, ms) : Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}

function shareOf(value: number | null, of: number): number | null {
  return value === null ? null : (value / of) * 100;
}
