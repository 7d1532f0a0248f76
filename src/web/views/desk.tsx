import './desk/desk.css';
import { useLocation } from 'preact-iso/router';
import { EmptyState } from '../components/messages.tsx';
import { Panel } from '../components/panel.tsx';
import { ViewHeader } from '../components/view-header.tsx';
import { WhenLoaded } from '../components/when-loaded.tsx';
import { packages } from '../data/packages.ts';
import { useSelectedPackage } from '../data/selected-package.ts';
import { VIEWS } from '../views.ts';
import { LiveDesk } from './desk/live-desk.tsx';
import { ReplayDesk } from './desk/replay-desk.tsx';

const DEFAULT_SYMBOL = 'BTCUSDT';

/** The account of the selected package, or the replay that `?replay=` names. */
export function Desk() {
  const { replay } = useLocation().query;
  const { id, selected } = useSelectedPackage();
  if (packages.data.value === undefined) {
    return (
      <>
        <ViewHeader title="Desk" />
        <WhenLoaded resource={packages} lines={12}>
          {() => null}
        </WhenLoaded>
      </>
    );
  }
  if (replay !== undefined) return <ReplayDesk key={replay} id={replay} />;
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

function NoPackage() {
  return (
    <>
      <ViewHeader title="Desk" />
      <Panel title="No package">
        <EmptyState
          title="No package yet"
          action={
            <a class="button button-primary" href={VIEWS.packages.path}>
              Upload a package
            </a>
          }
        >
          A package is a forecaster (.pt) and a policy (.zip) that were trained together. After its upload and
          warm-up, this view shows its decisions and its paper account.
        </EmptyState>
      </Panel>
    </>
  );
}
