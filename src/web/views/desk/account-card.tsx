import { useState } from 'preact/hooks';
import type { DashboardAnswer, PaperAccountAnswer } from '../../../http/accounts/schema.ts';
import type { PriceAnswer } from '../../../http/market/schema.ts';
import { Badge, type Tone } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Change, Figure } from '../../components/figures.tsx';
import { ErrorNote, Note } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { sendJson } from '../../data/api.ts';
import type { Resource } from '../../data/resource.ts';
import { toast } from '../../data/toasts.ts';
import { useSubmit } from '../../data/use-submit.ts';
import { percent, usdt } from '../../format/numbers.ts';
import { equityAt, pnlAt } from './live-pnl.ts';
import { OpenPositionDialog } from './open-position-dialog.tsx';
import { ResetDialog } from './reset-dialog.tsx';

const STATUS_TONES: Record<PaperAccountAnswer['status'], Tone> = {
  ACTIVE: 'good',
  PAUSED: 'warn',
  KILLED: 'bad',
};

interface AccountCardProps {
  readonly dashboard: DashboardAnswer;
  readonly livePrice: Resource<PriceAnswer>;
  /** Something was done; what is shown has to be loaded again. */
  readonly onChanged: () => void;
}

/** What the account is worth now, and what can be done with it. */
export function AccountCard({ dashboard, livePrice, onChanged }: AccountCardProps) {
  const price = livePrice.data.value?.price;
  const { account, open_positions: lots, performance } = dashboard;
  const equity = price === undefined ? account.total_equity : equityAt(account.total_equity, lots, price);
  const openPnl =
    price === undefined
      ? lots.reduce((sum, lot) => sum + (lot.unrealized_pnl_usdt ?? 0), 0)
      : lots.reduce((sum, lot) => sum + pnlAt(lot, price), 0);
  const earned = equity - account.initial_balance;
  return (
    <Panel title="Account" beside={<Badge tone={STATUS_TONES[account.status]}>{account.status}</Badge>}>
      <dl class="figures account-figures">
        <Figure name="Equity" unit="USDT">
          {usdt(equity)}
        </Figure>
        <Figure name="Return">
          <Change value={(earned / account.initial_balance) * 100} format={percent} />
        </Figure>
        <Figure name="Open PnL" unit="USDT">
          <Change value={openPnl} format={usdt} />
        </Figure>
        <Figure name="Max drawdown">{percent(performance.max_drawdown_pct)}</Figure>
      </dl>
      <dl class="facts account-facts">
        <dt>Free balance</dt>
        <dd>{usdt(account.balance_usdt)} USDT</dd>
        <dt>Margins</dt>
        <dd>
          {usdt(performance.open_exposure_usdt)} USDT · {percent(performance.open_exposure_pct, 1)} of 10 %
        </dd>
        <dt>Lots</dt>
        <dd>
          {lots.length} of {account.max_positions}
        </dd>
      </dl>
      {account.status === 'KILLED' && (
        <Note tone="bad">
          The kill switch stopped this account: its equity fell below{' '}
          {percent(account.settings.kill_level * 100, 0)} of the initial {usdt(account.initial_balance)} USDT.
          Reset it to trade again.
        </Note>
      )}
      <Actions dashboard={dashboard} livePrice={livePrice} onChanged={onChanged} />
    </Panel>
  );
}

function Actions({ dashboard, livePrice, onChanged }: AccountCardProps) {
  const { account } = dashboard;
  const [dialog, setDialog] = useState<'open' | 'reset'>();
  const { isBusy, error, run } = useSubmit();
  const isPaused = account.status === 'PAUSED';
  const isKilled = account.status === 'KILLED';
  const close = () => setDialog(undefined);
  return (
    <>
      {error !== undefined && <ErrorNote error={error} />}
      <div class="actions">
        <Button
          size="small"
          isBusy={isBusy}
          disabled={isKilled}
          onClick={() =>
            void run(async () => {
              await sendJson('POST', `/paper/account/${account.model_id}/${isPaused ? 'resume' : 'pause'}`);
              toast(isPaused ? 'The account decides again.' : 'Paused: nothing is decided, exits go on.');
              onChanged();
            })
          }
        >
          {isPaused ? 'Resume' : 'Pause'}
        </Button>
        <Button size="small" disabled={isKilled} onClick={() => setDialog('open')}>
          Open position…
        </Button>
        <Button size="small" onClick={() => setDialog('reset')}>
          Reset…
        </Button>
      </div>
      {dialog === 'open' && (
        <OpenPositionDialog
          dashboard={dashboard}
          price={livePrice.data.value?.price}
          onClose={close}
          onOpened={onChanged}
        />
      )}
      {dialog === 'reset' && <ResetDialog account={account} onClose={close} onReset={onChanged} />}
    </>
  );
}
