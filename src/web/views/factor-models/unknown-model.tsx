import { useLocation } from 'preact-iso/router';
import { EmptyState } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { ViewHead } from '../../components/view-head.tsx';
import { listAddress } from './addresses.ts';

/** What an address of a model shows that is not registered. */
export function UnknownModel({ name }: { readonly name: string }) {
  const { query } = useLocation();
  return (
    <>
      <ViewHead title="Factor models" />
      <Panel title="Not registered">
        <EmptyState
          title={`There is no factor model ${name}`}
          action={<a href={listAddress(query)}>All factor models</a>}
        >
          Its registration may have ended, or it may never have been registered with this service.
        </EmptyState>
      </Panel>
    </>
  );
}
