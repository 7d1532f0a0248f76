import { Panel } from '../../components/panel.tsx';
import { WhenLoaded } from '../../components/when-loaded.tsx';
import { counted } from '../../format/numbers.ts';
import { VIEWS } from '../../views.ts';
import { Comparison } from './comparison.tsx';
import { ComparisonTable } from './comparison-table.tsx';
import { Headline } from './lead.tsx';
import { Switchers } from './switchers.tsx';
import { useComparedAccounts } from './use-compared-accounts.ts';
import { useSelection } from './use-selection.ts';

const REFRESH_MS = 60_000;

/** Compares the live paper accounts. */
export function LiveComparison() {
  const { comparison, accounts } = useComparedAccounts('live', {
    reloadOn: ['equity', 'position', 'package'],
    everyMs: REFRESH_MS,
  });
  const selection = useSelection(accounts);
  return (
    <WhenLoaded resource={comparison} lines={12}>
      {() =>
        accounts.length === 0 ? (
          <>
            <Headline>Nothing to compare: there is no account yet.</Headline>
            <p>
              An account is created on first use: open the desk of a <a href={VIEWS.packages.path}>package</a>
              , or start its loop.
            </p>
          </>
        ) : (
          <>
            <Switchers candidates={accounts} selection={selection}>
              Live paper accounts, over the days that they share
            </Switchers>
            <Comparison
              kind="models"
              chosen={selection.chosen}
              pairsOptions={{ reloadOn: ['package'], everyMs: REFRESH_MS }}
              reloadCurvesOn={['equity']}
            />
            {accounts.length > 2 && (
              <Panel title={`All ${counted(accounts.length, 'account')}`} flush>
                <ComparisonTable caption="Live paper accounts" accounts={accounts} />
              </Panel>
            )}
          </>
        )
      }
    </WhenLoaded>
  );
}
