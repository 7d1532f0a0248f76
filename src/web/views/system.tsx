import { EmptyState } from '../components/notes.tsx';
import { Panel } from '../components/panel.tsx';
import { ViewHead } from '../components/view-head.tsx';

/** This view is being built. */
export function System() {
  return (
    <>
      <ViewHead title="System" />
      <Panel title="System">
        <EmptyState title="Nothing here yet">This view is being built; Packages works.</EmptyState>
      </Panel>
    </>
  );
}
