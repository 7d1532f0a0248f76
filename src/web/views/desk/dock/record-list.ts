import { useEffect } from 'preact/hooks';
import { getJson } from '../../../data/api.ts';
import { type Resource, type ResourceOptions, useResource } from '../../../data/resource.ts';
import { withQuery } from '../../../data/urls.ts';
import { useQuery } from '../../../data/use-query.ts';
import type { Query } from '../../../views.ts';
import { filtersOf, pageCount, type RecordView } from './record-view.ts';

/** A page of a list of records. */
export interface RecordPage<Item> {
  readonly items: readonly Item[];
  /** Items of the whole list, with these filters. */
  readonly total: number;
}

/** A page of a list. What is shown stays when rows are added: `useRecordCount` says how many there are. */
export function useRecordPage<Item>(address: string): Resource<RecordPage<Item>> {
  return useResource((signal) => getJson<RecordPage<Item>>(address, { signal }), [address]);
}

/** How many records the list has now, after each change that events report. */
export function useRecordCount(
  path: string,
  view: RecordView,
  fixed: Query,
  options: ResourceOptions,
): number | undefined {
  const address = withQuery(path, { ...fixed, ...filtersOf(view), limit: '1' });
  const counted = useResource(
    (signal) => getJson<RecordPage<unknown>>(address, { signal }),
    [address],
    options,
  );
  return counted.data.value?.total;
}

/**
 * Turns to the page of a record that was chosen elsewhere: so many records are from then on, which is its rank.
 * @param from an instant, ISO 8601; undefined where nothing is sought
 */
export function useSoughtPage(path: string, fixed: Query, from: string | undefined): Resource<number | null> {
  const { change } = useQuery();
  const address = withQuery(path, { ...fixed, from, limit: '1' });
  const rank = useResource(
    async (signal) =>
      from === undefined ? null : (await getJson<RecordPage<unknown>>(address, { signal })).total,
    [address, from],
  );
  const found = rank.data.value;
  useEffect(() => {
    if (found == null) return;
    const page = pageCount(found);
    change({ page: page === 1 ? undefined : String(page) });
  }, [found, from]);
  return rank;
}
