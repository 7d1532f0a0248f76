import { EmptyState, ErrorNote } from '../components/notes.tsx';
import { Panel } from '../components/panel.tsx';
import { ViewHead } from '../components/view-head.tsx';
import { Skeleton } from '../components/waiting.tsx';
import { packages } from '../data/packages.ts';
import { useSelectedPackage } from '../data/selected-package.ts';
import { LiveDesk } from './desk/live-desk.tsx';
import { ReplayDesk } from './desk/replay-desk.tsx';
import { useQuery } from './desk/use-query.ts';
import './desk/desk.css';

const DEFAULT_SYMBOL = 'BTCUSDT';

/** What the selected package sees and does; `?replay=` shows a replay in the same pieces. */
export function Desk() {
  const { query } = useQuery();
  const { id, selected } = useSelectedPackage();
  if (query.replay !== undefined) return <ReplayDesk key={query.replay} id={query.replay} />;
  if (packages.data.value === undefined) return <Waiting />;
  if (id === undefined) return <NoPackage />;
  const symbol = selected?.manifest.symbol;
  const accountId = selected?.paper_account_id ?? id;
  return (
    <LiveDesk
      key={accountId}
      accountId={accountId}
      packageId={selected?.id}
      symbol={typeof symbol === 'string' ? symbol : DEFAULT_SYMBOL}
      name={selected?.name ?? id}
    />
  );
}

function Waiting() {
  const error = packages.error.value;
  return (
    <>
      <ViewHead title="Desk" />
      {error === undefined ? <Skeleton lines={12} /> : <ErrorNote error={error} onRetry={packages.reload} />}
    </>
  );
}

function NoPackage() {
  return (
    <>
      <ViewHead title="Desk" />
      <Panel title="No package">
        <EmptyState
          title="There is nothing to watch yet"
          action={
            <a class="button button-primary" href="/packages">
              Upload a package
            </a>
          }
        >
          A package is a forecaster (.pt) and a policy (.zip) that belong together. Once it is uploaded and
          warmed up, its decisions and its paper account stand here.
        </EmptyState>
      </Panel>
    </>
  );
}
