import { Badge } from '../../components/badge.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { ResourcePanel } from '../../components/panel.tsx';
import { marketSource } from '../../data/api.ts';
import { VIEWS } from '../../views.ts';
import { ComparisonTable } from './comparison-table.tsx';
import { CurvePanel } from './curve-panel.tsx';
import { Differences } from './differences.tsx';
import { useComparedAccounts } from './use-compared-accounts.ts';

const REFRESH_MS = 60_000;

/** Compares the live paper accounts. */
export function LiveComparison() {
  const { comparison, accounts } = useComparedAccounts('live', {
    reloadOn: ['equity', 'position', 'package'],
    everyMs: REFRESH_MS,
  });
  const isRecorded = marketSource.value === 'recorded';
  const badge = (
    <Badge tone={isRecorded ? 'warn' : 'info'}>
      {isRecorded ? 'LIVE PAPER, RECORDED MARKET' : 'LIVE PAPER'}
    </Badge>
  );
  return (
    <>
      <ResourcePanel title="Accounts" beside={badge} resource={comparison} lines={6} flush>
        {() =>
          accounts.length === 0 ? (
            <EmptyState title="No account yet" action={<a href={VIEWS.packages.path}>Packages</a>}>
              An account is created on first use: open the desk of a package, or start its loop.
            </EmptyState>
          ) : (
            <ComparisonTable caption="Live paper accounts" accounts={accounts} />
          )
        }
      </ResourcePanel>
      {accounts.length > 1 && (
        <Differences
          kind="models"
          accounts={accounts}
          options={{ reloadOn: ['package'], everyMs: REFRESH_MS }}
        />
      )}
      {accounts.length > 0 && (
        <CurvePanel title="Equity" beside={badge} accounts={accounts} reloadOn={['equity']} />
      )}
    </>
  );
}
