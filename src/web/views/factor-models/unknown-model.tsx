import { useLocation } from 'preact-iso/router';
import { EmptyState } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { ViewHeader } from '../../components/view-header.tsx';
import { factorModelsAddress } from '../../views.ts';

/** Shown for a factor model that is not registered. */
export function UnknownModel({ name }: { readonly name: string }) {
  const { query } = useLocation();
  return (
    <>
      <ViewHeader title="Factor models" />
      <Panel title="Not registered">
        <EmptyState
          title={`There is no factor model ${name}`}
          action={<a href={factorModelsAddress(query)}>All factor models</a>}
        >
          It was unregistered, or never registered with this service.
        </EmptyState>
      </Panel>
    </>
  );
}
