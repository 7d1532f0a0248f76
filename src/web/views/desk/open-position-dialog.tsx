import { useRef, useState } from 'preact/hooks';
import type { DashboardAnswer } from '../../../http/dashboard/schema.ts';
import type { PositionAnswer } from '../../../http/positions/schema.ts';
import { CommandDialog } from '../../components/command-dialog.tsx';
import { SelectField, TextField } from '../../components/fields.tsx';
import { sendJson } from '../../data/api.ts';
import { toast } from '../../data/toasts.ts';
import { useCommand } from '../../data/use-command.ts';
import { leverage as formatLeverage, price as formatPrice, usdt } from '../../format/numbers.ts';
import { MAX_EXPOSURE } from '../../service-rules.ts';
import { randomKey } from './random-key.ts';

interface OpenPositionDialogProps {
  readonly dashboard: DashboardAnswer;
  readonly price: number | undefined;
  readonly onClose: () => void;
  readonly onOpened: () => void;
}

const SIDES = [
  ['Long', '▲ Long'],
  ['Short', '▼ Short'],
] as const;

/** Opens a lot by hand (paper.md#22); the account's settings fill in what is left empty. */
export function OpenPositionDialog({ dashboard, price, onClose, onOpened }: OpenPositionDialogProps) {
  const { account, open_positions: lots, performance } = dashboard;
  const { default_leverage, profit_target_pct, settings } = account;
  const [side, setSide] = useState(lots[0]?.side ?? 'Long');
  const [size, setSize] = useState('');
  const [leverage, setLeverage] = useState('');
  const [stop, setStop] = useState('');
  const [target, setTarget] = useState('');
  const command = useCommand();
  // One dialog opens one position, even if it is submitted again after a lost response.
  const idempotencyKey = useRef(randomKey());
  const maxMargin = Math.max(0, account.total_equity * MAX_EXPOSURE - performance.open_exposure_usdt);
  const usedLeverage = numberOf(leverage) ?? default_leverage;
  const defaultMargin = Math.min(maxMargin, account.total_equity * (settings.default_margin_pct / 100));

  const open = () =>
    command.run(async () => {
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
        { headers: { 'idempotency-key': idempotencyKey.current } },
      );
      toast(
        `Opened ${position.side.toLowerCase()} ${usdt(position.size_usdt)} USDT at ${formatPrice(position.entry_price)}.`,
      );
      onOpened();
      onClose();
    });

  const number = { type: 'number', min: 0, step: 'any' } as const;
  return (
    <CommandDialog
      title={`Open a lot in ${account.symbol}`}
      action={side === 'Long' ? 'Open long' : 'Open short'}
      {...{ command, onClose }}
      onSubmit={() => void open()}
    >
      <p class="muted">
        The fill is at the newest price{price !== undefined && `, about ${formatPrice(price)}`}, with slippage
        and fee. Maximum margin: {usdt(maxMargin)} USDT.
      </p>
      <div class="field-pair">
        <SelectField
          label="Side"
          value={side}
          onChange={(value) => setSide(value === 'Short' ? 'Short' : 'Long')}
          options={SIDES}
        />
        <TextField
          {...number}
          label="Leverage"
          min={1}
          max={10}
          value={leverage}
          onInput={setLeverage}
          placeholder={String(default_leverage)}
          hint="1 to 10"
        />
      </div>
      <TextField
        {...number}
        label="Size, USDT"
        value={size}
        onInput={setSize}
        placeholder={usdt(defaultMargin * usedLeverage)}
        hint={sizeHint(numberOf(size), usedLeverage, maxMargin)}
      />
      <div class="field-pair">
        <TextField
          {...number}
          label="Stop, price"
          value={stop}
          onInput={setStop}
          placeholder={defaultExit(price, side, -settings.stop_loss_pct / usedLeverage)}
          hint={`Default: ${settings.stop_loss_pct} % of the margin`}
        />
        <TextField
          {...number}
          label="Target, price"
          value={target}
          onInput={setTarget}
          placeholder={defaultExit(price, side, profit_target_pct / usedLeverage)}
          hint={`Default: ${profit_target_pct} % of the margin`}
        />
      </div>
    </CommandDialog>
  );
}

function sizeHint(size: number | undefined, leverage: number, maxMargin: number): string {
  const at = formatLeverage(leverage);
  if (size === undefined) return `Notional; at most ${usdt(maxMargin * leverage)} at ${at}`;
  return `Notional; margin ${usdt(size / leverage)} USDT at ${at}`;
}

/** The price that is `movePct` percent in the position's favor; '' without a price. */
function defaultExit(price: number | undefined, side: 'Long' | 'Short', movePct: number): string {
  if (price === undefined) return '';
  const direction = side === 'Long' ? 1 : -1;
  return (price * (1 + (direction * movePct) / 100)).toPrecision(6);
}

function numberOf(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
}
