import { useRef, useState } from 'preact/hooks';
import type { DashboardAnswer, PositionAnswer } from '../../../http/accounts/schema.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { SelectField, TextField } from '../../components/fields.tsx';
import { ErrorNote } from '../../components/notes.tsx';
import { sendJson } from '../../data/api.ts';
import { toast } from '../../data/toasts.ts';
import { useSubmit } from '../../data/use-submit.ts';
import { price as priceText, usdt } from '../../format/numbers.ts';

interface OpenPositionDialogProps {
  readonly dashboard: DashboardAnswer;
  readonly price: number | undefined;
  readonly onClose: () => void;
  readonly onOpened: () => void;
}

const EXPOSURE_CAP = 0.1;

/** Opens a position by hand; what is left empty is taken from the account's settings. */
export function OpenPositionDialog({ dashboard, price, onClose, onOpened }: OpenPositionDialogProps) {
  const { account, open_positions: lots, performance } = dashboard;
  const { default_leverage, profit_target_pct, settings } = account;
  const [side, setSide] = useState(lots[0]?.side ?? 'Long');
  const [size, setSize] = useState('');
  const [leverage, setLeverage] = useState('');
  const [stop, setStop] = useState('');
  const [target, setTarget] = useState('');
  const { isBusy, error, run } = useSubmit();
  // One dialog opens one position, however often its button is pressed or the answer is lost.
  const key = useRef(randomKey());
  const left = Math.max(0, account.total_equity * EXPOSURE_CAP - performance.open_exposure_usdt);
  const usedLeverage = numberOf(leverage) ?? default_leverage;

  const open = () =>
    void run(async () => {
      const position = await sendJson<PositionAnswer>(
        'POST',
        '/paper/position/open',
        {
          model_id: account.model_id,
          side,
          size_usdt: numberOf(size),
          leverage: numberOf(leverage),
          stop_loss: numberOf(stop),
          take_profit: numberOf(target),
        },
        { headers: { 'idempotency-key': key.current } },
      );
      toast(
        `${position.side} position of ${usdt(position.size_usdt)} USDT opened at ${priceText(position.entry_price)}.`,
      );
      onOpened();
      onClose();
    });

  return (
    <Dialog title={`Open a position in ${account.symbol}`} onClose={onClose}>
      <form
        class="desk-form"
        onSubmit={(event) => {
          event.preventDefault();
          open();
        }}
      >
        <p class="soft">
          Filled at the newest price{price !== undefined && `, about ${priceText(price)}`}, with slippage and
          fee. The margin may be {usdt(left)} USDT at most.
        </p>
        <div class="field-pair">
          <SelectField
            label="Side"
            value={side}
            onChange={(value) => setSide(value === 'Short' ? 'Short' : 'Long')}
            options={[
              { value: 'Long', label: '▲ Long' },
              { value: 'Short', label: '▼ Short' },
            ]}
          />
          <TextField
            label="Leverage"
            type="number"
            min={1}
            max={10}
            step="any"
            value={leverage}
            onInput={setLeverage}
            placeholder={String(default_leverage)}
            hint="1 to 10"
          />
        </div>
        <TextField
          label="Size, USDT"
          type="number"
          min={0}
          step="any"
          value={size}
          onInput={setSize}
          placeholder={usdt(
            Math.min(left, account.total_equity * (settings.default_margin_pct / 100)) * usedLeverage,
          )}
          hint={sizeHint(numberOf(size), usedLeverage, left)}
        />
        <div class="field-pair">
          <TextField
            label="Stop, price"
            type="number"
            min={0}
            step="any"
            value={stop}
            onInput={setStop}
            placeholder={placeholder(price, side, -settings.stop_loss_pct / usedLeverage)}
            hint={`${settings.stop_loss_pct} % of the margin if empty`}
          />
          <TextField
            label="Target, price"
            type="number"
            min={0}
            step="any"
            value={target}
            onInput={setTarget}
            placeholder={placeholder(price, side, profit_target_pct / usedLeverage)}
            hint={`${profit_target_pct} % of the margin if empty`}
          />
        </div>
        {error !== undefined && <ErrorNote error={error} />}
        <div class="actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" isBusy={isBusy}>
            Open {side === 'Long' ? 'long' : 'short'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function sizeHint(size: number | undefined, leverage: number, left: number): string {
  if (size === undefined) return `Notional; ${usdt(left * leverage)} at most with ${leverage}x`;
  return `Notional; margin ${usdt(size / leverage)} USDT with ${leverage}x`;
}

/** The price that lies so many percent in the direction of the position. */
function placeholder(price: number | undefined, side: 'Long' | 'Short', movePct: number): string {
  if (price === undefined) return '';
  const direction = side === 'Long' ? 1 : -1;
  return (price * (1 + (direction * movePct) / 100)).toPrecision(6);
}

function numberOf(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
}

/** crypto.randomUUID is missing where the page is not served over TLS. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
