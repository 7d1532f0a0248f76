import type { PositionAnswer } from '../../../../http/positions/schema.ts';
import { Button } from '../../../components/button.tsx';
import { Changing } from '../../../components/changing.tsx';
import { now } from '../../../data/clock.ts';
import { price as formatPrice, leverage, signed, signedPercent, usdt } from '../../../format/numbers.ts';
import { duration, MINUTE_MS } from '../../../format/time.ts';
import { distancePct, pnlAtPrice } from '../live-pnl.ts';
import { SideChip } from './side-chip.tsx';

interface LotRowProps {
  readonly lot: PositionAnswer;
  readonly price: number | undefined;
  readonly onClose: () => void;
  readonly onEdit: () => void;
}

/** An open lot at the newest price, and what can be done with it. */
export function LotRow({ lot, price, onClose, onEdit }: LotRowProps) {
  const { side, size_usdt, margin_usdt, entry_price, stop_loss, take_profit, open_time } = lot;
  const result = price === undefined ? lot.unrealized_pnl_usdt : pnlAtPrice(lot, price);
  const name = side.toLowerCase();
  return (
    <div class="record lot">
      <span class="record-title">
        <SideChip side={side} /> <b>{usdt(size_usdt)}</b>{' '}
        <span class="muted">at {leverage(lot.leverage)}</span>
      </span>
      <span class="record-figure">
        {result !== null && (
          <b class={result < 0 ? 'down' : 'up'}>
            <Changing value={usdt(result)}>{signed(result, usdt)}</Changing>
          </b>
        )}
      </span>
      <small>
        from {formatPrice(entry_price)}, held <HeldFor since={open_time} />
      </small>
      <small class="record-figure">
        {result !== null && `${signedPercent((result / margin_usdt) * 100)} of its margin`}
      </small>
      <span class="lot-exits small">
        stop {exitText(stop_loss, price)}, target {exitText(take_profit, price)}
      </span>
      <span class="row lot-actions">
        <Button size="small" label={`Change stop and target of this ${name} lot`} onClick={onEdit}>
          Edit
        </Button>
        <Button size="small" label={`Close this ${name} lot`} onClick={onClose}>
          Close
        </Button>
      </span>
    </div>
  );
}

function exitText(value: number, price: number | undefined): string {
  return price === undefined
    ? formatPrice(value)
    : `${formatPrice(value)} (${signedPercent(distancePct(price, value))})`;
}

/** A component of its own, so that only it re-renders every second. */
function HeldFor({ since }: { readonly since: string }) {
  const ms = Math.max(0, now.value - Date.parse(since));
  return <>{duration(ms < MINUTE_MS ? ms : Math.floor(ms / MINUTE_MS) * MINUTE_MS)}</>;
}
