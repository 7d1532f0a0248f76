import { Button } from '../../../components/button.tsx';
import { ErrorNotice } from '../../../components/messages.tsx';
import { packages } from '../../../data/packages.ts';
import { setAutoTrade } from '../../../data/set-auto-trade.ts';
import { useCommand } from '../../../data/use-command.ts';
import { useSystem } from '../../../data/use-system.ts';

interface StartTradingProps {
  readonly packageId: string | undefined;
  /** Of the live account. */
  readonly modelId: string;
}

/** Says that a package that is ready is not traded, and starts that. */
export function StartTrading({ packageId, modelId }: StartTradingProps) {
  const one = packages.data.value?.find(({ id }) => id === packageId);
  const isIdle = one?.status !== 'ARCHIVED' && one?.warmup_status === 'DONE' && !one.auto_trade;
  return isIdle ? <WithoutLoop one={one} modelId={modelId} /> : null;
}

type WithoutLoopProps = Pick<StartTradingProps, 'modelId'> & {
  readonly one: Parameters<typeof setAutoTrade>[0];
};

function WithoutLoop({ one, modelId }: WithoutLoopProps) {
  const { accounts } = useSystem({ reloadOn: ['decision', 'account'], minIntervalMs: 5000 }).data.value ?? {};
  const account = accounts?.find(({ model_id }) => model_id === modelId);
  const { isBusy, error, run } = useCommand();
  // Of an account that is not there yet nothing is listed.
  const isUntraded = accounts !== undefined && (account?.loop ?? 'none') === 'none';
  if (!isUntraded || account?.status === 'KILLED' || account?.status === 'PAUSED') return null;
  const start = () =>
    run(async () => {
      await setAutoTrade(one, true);
      packages.reload();
    });
  return (
    <>
      <p class="row spread small">
        <span>It is not traded: no loop polls this account.</span>
        <Button size="small" isBusy={isBusy} onClick={() => void start()}>
          Start paper trading
        </Button>
      </p>
      <ErrorNotice error={error} />
    </>
  );
}
