import type { ComparisonAnswer } from '../../../http/accounts/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { getJson, marketSource } from '../../data/api.ts';
import { useResource } from '../../data/resource.ts';
import { ComparisonTable } from './comparison-table.tsx';
import { CurvePanel } from './curve-panel.tsx';
import { useCandidates } from './use-candidates.ts';

const EVERY_MS = 60_000;

/** The live paper accounts beside each other. */
export function LiveComparison() {
  const comparison = useResource(
    (signal) => getJson<ComparisonAnswer>('/paper/compare?kind=live', { signal }),
    [],
    { reloadOn: ['equity', 'position', 'package'], everyMs: EVERY_MS },
  );
  const candidates = useCandidates(comparison.data.value);
  const label = (
    <Badge tone={marketSource.value === 'recorded' ? 'warn' : 'info'}>
      {marketSource.value === 'recorded' ? 'LIVE PAPER, RECORDED MARKET' : 'LIVE PAPER'}
    </Badge>
  );
  return (
    <>
      <Panel title="Accounts" beside={label} flush>
        <Loaded of={comparison} lines={6}>
          {() =>
            candidates.length === 0 ? (
              <EmptyState title="No account yet" action={<a href="/packages">Packages</a>}>
                Open the desk of a package, or start its loop: its account appears here and is compared with
                the others.
              </EmptyState>
            ) : (
              <ComparisonTable caption="Live paper accounts" candidates={candidates} />
            )
          }
        </Loaded>
      </Panel>
      {candidates.length > 0 && (
        <CurvePanel title="Equity" beside={label} candidates={candidates} reloadOn={['equity']} />
      )}
    </>
  );
}
