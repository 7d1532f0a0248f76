import { EmptyState } from '../components/notes.tsx';
import { ViewHead } from '../components/view-head.tsx';

/** An address that the page knows nothing at. */
export function NotFound() {
  return (
    <>
      <ViewHead title="Not found" />
      <EmptyState title="There is no view at this address" action={<a href="/">Go to the desk</a>}>
        The navigation leads to all that there are.
      </EmptyState>
    </>
  );
}
