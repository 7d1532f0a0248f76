import './desk/desk.css';
import './desk/dock/dock.css';
import './desk/evidence/evidence.css';
import './desk/strip/strip.css';
import { EmptyState } from '../components/messages.tsx';
import { ViewHeader } from '../components/view-header.tsx';
import { WhenLoaded } from '../components/when-loaded.tsx';
import { packages } from '../data/packages.ts';
import { useSelectedPackage } from '../data/selected-package.ts';
import { VIEWS } from '../views.ts';
import { AccountDesk } from './desk/account-desk.tsx';

const DEFAULT_SYMBOL = 'BTCUSDT';

/** The live account of the selected package, or the replay that `?replay=` names. */
export function Desk() {
  const { id, selected } = useSelectedPackage();
  if (packages.data.value === undefined)
    return (
      <WhenLoaded resource={packages} lines={12}>
        {() => null}
      </WhenLoaded>
    );
  if (id === undefined) return <NoPackage />;
  const symbol = selected?.manifest.symbol;
  const accountId = selected?.paper_account_id ?? id;
  return (
    <AccountDesk
      key={accountId}
      accountId={accountId}
      packageId={selected?.id}
      symbol={typeof symbol === 'string' ? symbol : DEFAULT_SYMBOL}
    />
  );
}

function NoPackage() {
  return (
    <>
      <ViewHeader title="Nothing to judge yet" />
      <EmptyState
        title="No package yet"
        action={
          <a class="button button-primary" href={VIEWS.packages.path}>
            Upload a package
          </a>
        }
      >
        A package is a forecaster (.pt) and a policy (.zip) that were trained together. After its upload and
        warm-up, this view shows what it is worth and what it decides.
      </EmptyState>
    </>
  );
}
