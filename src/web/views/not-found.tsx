import { EmptyState } from '../components/messages.tsx';
import { ViewHeader } from '../components/view-header.tsx';
import { VIEWS } from '../views.ts';

/** Shown at an address without a view. */
export function NotFound() {
  return (
    <>
      <ViewHeader title="Not found" />
      <EmptyState
        title="There is no view at this address"
        action={<a href={VIEWS.desk.path}>Go to the desk</a>}
      >
        The navigation lists all views.
      </EmptyState>
    </>
  );
}
