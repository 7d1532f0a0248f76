import { useState } from 'preact/hooks';
import type { DashboardAnswer } from '../../../../http/dashboard/schema.ts';
import type { PositionAnswer } from '../../../../http/positions/schema.ts';
import { Button } from '../../../components/button.tsx';
import { ErrorNotice } from '../../../components/messages.tsx';
import { Scroller } from '../../../components/scroller.tsx';
import { sendJson } from '../../../data/api.ts';
import { toast } from '../../../data/toasts.ts';
import { withSegments } from '../../../data/urls.ts';
import { useCommand } from '../../../data/use-command.ts';
import { usdt } from '../../../format/numbers.ts';
import { OpenPositionDialog } from '../open-position-dialog.tsx';
import { ResetDialog } from '../reset-dialog.tsx';
import { AccountRules, IfItTraded } from './account-rules.tsx';
import { CloseDialog } from './close-dialog.tsx';
import { EditLotDialog } from './edit-lot-dialog.tsx';
import { LotRow } from './lot-row.tsx';

interface LotsTabProps {
  readonly dashboard: DashboardAnswer;
  /** Newest price of the symbol. */
  readonly price: number | undefined;
  /** Called after a command that changes the account. */
  readonly onChanged: () => void;
  /** Called after a reset as well. */
  readonly onReset: () => void;
}

type Question =
  | { readonly ask: 'open' | 'reset' | 'close all' }
  | { readonly ask: 'close' | 'edit'; readonly lot: PositionAnswer };

/** The open lots of a live account, what can be done by hand, and the rules in force. */
export function LotsTab({ dashboard, price, onChanged, onReset }: LotsTabProps) {
  const { account, open_positions: lots } = dashboard;
  const [question, setQuestion] = useState<Question>();
  const close = () => setQuestion(undefined);
  return (
    <>
      <AccountActions {...{ dashboard, onChanged }} onAsk={(ask) => setQuestion({ ask })} />
      <Scroller class="records" label="Lots and rules">
        {lots.length === 0 ? (
          <p class="records-none">No open lots. Free: {usdt(account.balance_usdt)} USDT.</p>
        ) : (
          <ul aria-label="Open lots">
            {lots.map((lot) => (
              <li key={lot.id}>
                <LotRow
                  {...{ lot, price }}
                  onClose={() => setQuestion({ ask: 'close', lot })}
                  onEdit={() => setQuestion({ ask: 'edit', lot })}
                />
              </li>
            ))}
          </ul>
        )}
        <IfItTraded dashboard={dashboard} />
        <AccountRules account={account} />
      </Scroller>
      {question !== undefined && (
        <Dialogs {...{ question, dashboard, price, onReset }} onClose={close} onDone={onChanged} />
      )}
    </>
  );
}

interface AccountActionsProps {
  readonly dashboard: DashboardAnswer;
  readonly onChanged: () => void;
  readonly onAsk: (ask: 'open' | 'reset' | 'close all') => void;
}

function AccountActions({ dashboard, onChanged, onAsk }: AccountActionsProps) {
  const { account, open_positions: lots } = dashboard;
  const { isBusy, error, run } = useCommand();
  const isPaused = account.status === 'PAUSED';
  const isKilled = account.status === 'KILLED';
  const togglePause = () =>
    run(async () => {
      await sendJson('POST', withSegments('/paper/account', account.model_id, isPaused ? 'resume' : 'pause'));
      toast(isPaused ? 'Account resumed.' : 'Account paused: no new decisions; exits continue.');
      onChanged();
    });
  return (
    <>
      <div class="filters actions">
        <Button size="small" disabled={isKilled} onClick={() => onAsk('open')}>
          Open by hand
        </Button>
        <Button size="small" disabled={lots.length === 0} onClick={() => onAsk('close all')}>
          Close all
        </Button>
        <span class="push" />
        <Button size="small" isBusy={isBusy} disabled={isKilled} onClick={() => void togglePause()}>
          {isPaused ? 'Resume' : 'Pause'}
        </Button>
        <Button size="small" onClick={() => onAsk('reset')}>
          Reset
        </Button>
      </div>
      <ErrorNotice error={error} />
    </>
  );
}

interface DialogsProps extends Omit<LotsTabProps, 'onChanged'> {
  readonly question: Question;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function Dialogs({ question, dashboard, price, onClose, onDone, onReset }: DialogsProps) {
  switch (question.ask) {
    case 'open':
      return <OpenPositionDialog {...{ dashboard, price, onClose }} onOpened={onDone} />;
    case 'reset':
      return (
        <ResetDialog
          account={dashboard.account}
          onClose={onClose}
          onReset={() => {
            onReset();
            onDone();
          }}
        />
      );
    case 'edit':
      return <EditLotDialog lot={question.lot} {...{ onClose, onDone }} />;
    case 'close':
      return <CloseDialog lots={[question.lot]} {...{ dashboard, price, onClose, onDone }} />;
    case 'close all':
      return <CloseDialog lots={dashboard.open_positions} {...{ dashboard, price, onClose, onDone }} />;
  }
}
