import { useState } from 'preact/hooks';
import type { DashboardAnswer } from '../../../http/dashboard/schema.ts';
import type { PriceAnswer } from '../../../http/market/schema.ts';
import { Button } from '../../components/button.tsx';
import { ErrorNotice, Notice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { ACCOUNT_STATUS, StateBadge } from '../../components/status-badges.tsx';
import { DefinitionList, GainLoss, Metric } from '../../components/values.tsx';
import { sendJson } from '../../data/api.ts';
import type { Resource } from '../../data/resource.ts';
import { toast } from '../../data/toasts.ts';
import { withSegments } from '../../data/urls.ts';
import { useCommand } from '../../data/use-command.ts';
import { percent, usdt } from '../../format/numbers.ts';
import { MAX_EXPOSURE } from '../../service-rules.ts';
import { equityAtPrice, pnlAtPrice } from './live-pnl.ts';
import { OpenPositionDialog } from './open-position-dialog.tsx';
import { ResetDialog } from './reset-dialog.tsx';

interface AccountCardProps {
  readonly dashboard: DashboardAnswer;
  readonly livePrice: Resource<PriceAnswer>;
  /** Called after a command that changes the account. */
  readonly onChanged: () => void;
}

/** The account at the live price, and its commands. */
export function AccountCard({ dashboard, livePrice, onChanged }: AccountCardProps) {
  const price = livePrice.data.value?.price;
  const { account, open_positions: lots, performance } = dashboard;
  const { status, initial_balance: initial } = account;
  const equity =
    price === undefined ? account.total_equity : equityAtPrice(account.total_equity, lots, price);
  const openPnl = lots.reduce(
    (sum, lot) => sum + (price === undefined ? (lot.unrealized_pnl_usdt ?? 0) : pnlAtPrice(lot, price)),
    0,
  );
  const margins = `${usdt(performance.open_exposure_usdt)} USDT`;
  return (
    <Panel title="Account" beside={<StateBadge labels={ACCOUNT_STATUS} state={status} />}>
      <dl class="metrics account-metrics">
        <Metric name="Equity" value={usdt(equity)} unit="USDT" />
        <Metric name="Return" value={<GainLoss value={(equity / initial - 1) * 100} format={percent} />} />
        <Metric name="Open PnL" value={<GainLoss value={openPnl} format={usdt} />} unit="USDT" />
        <Metric name="Max drawdown" value={percent(performance.max_drawdown_pct)} />
      </dl>
      <DefinitionList
        class="card-details"
        rows={[
          ['Free balance', `${usdt(account.balance_usdt)} USDT`],
          [
            'Margin used',
            `${margins} · ${percent(performance.open_exposure_pct, 1)} of ${percent(MAX_EXPOSURE * 100, 0)}`,
          ],
          ['Lots', `${lots.length} of ${account.max_positions}`],
        ]}
      />
      {status === 'KILLED' && (
        <Notice tone="bad">
          The kill switch stopped this account: equity fell below{' '}
          {percent(account.settings.kill_level * 100, 0)} of the initial {usdt(initial)} USDT. Reset the
          account to trade again.
        </Notice>
      )}
      <Commands {...{ dashboard, livePrice, onChanged }} />
    </Panel>
  );
}

function Commands({ dashboard, livePrice, onChanged }: AccountCardProps) {
  const { account } = dashboard;
  const [dialog, setDialog] = useState<'open' | 'reset'>();
  const { isBusy, error, run } = useCommand();
  const isPaused = account.status === 'PAUSED';
  const isKilled = account.status === 'KILLED';
  const close = () => setDialog(undefined);
  const togglePause = () =>
    run(async () => {
      await sendJson('POST', withSegments('/paper/account', account.model_id, isPaused ? 'resume' : 'pause'));
      toast(isPaused ? 'Account resumed.' : 'Account paused: no new decisions; exits continue.');
      onChanged();
    });
  return (
    <>
      <ErrorNotice error={error} />
      <div class="row">
        <Button size="small" isBusy={isBusy} disabled={isKilled} onClick={() => void togglePause()}>
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
