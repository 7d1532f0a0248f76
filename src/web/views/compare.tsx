import { EmptyState } from '../components/notes.tsx';
import { Panel } from '../components/panel.tsx';
import { ViewHead } from '../components/view-head.tsx';

/** This view is being built. */
export function Compare() {
  return (
    <>
      <ViewHead title="Compare" />
      <Panel title="Compare">
        <EmptyState title="Nothing here yet">This view is being built; Packages works.</EmptyState>
      </Panel>
    </>
  );
}
