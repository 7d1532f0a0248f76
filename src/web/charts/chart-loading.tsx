import { Spinner } from '../components/loading.tsx';

/** Takes the place of a chart whose library is loading, or could not be loaded. */
export function ChartLoading({ failed }: { readonly failed: boolean }) {
  return (
    <div class="chart-loading">
      {failed ? 'The chart could not be loaded. Reload the page.' : <Spinner />}
    </div>
  );
}
