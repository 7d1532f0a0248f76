import { useRef } from 'preact/hooks';
import { getJson } from '../../data/api.ts';
import type { ApiError } from '../../data/api-error.ts';
import { type Resource, type ResourceOptions, useResource } from '../../data/resource.ts';
import { useSubmit } from '../../data/use-submit.ts';
import { type Page, type PagedList, withNewest, withNext } from './paged-list.ts';

/** A list that the service gives page by page, kept up to date at its newest end. */
export interface Paged<Item> {
  readonly list: Resource<PagedList<Item>>;
  /** Loads the next page; undefined where there is none. */
  readonly more: (() => void) | undefined;
  readonly isLoadingMore: boolean;
  /** Why the next page could not be had. */
  readonly moreError: ApiError | undefined;
}

/** @param path of the list, without a query */
export function usePaged<Item>(
  path: string,
  limit: number,
  keyOf: (item: Item) => string,
  options: ResourceOptions,
): Paged<Item> {
  const held = useRef<{ path: string; list: PagedList<Item> | undefined }>({ path, list: undefined });
  if (held.current.path !== path) held.current = { path, list: undefined };
  const current = held.current;
  const pageAt = (cursor: string | undefined, signal?: AbortSignal) => {
    const query = new URLSearchParams({ limit: String(limit), ...(cursor === undefined ? {} : { cursor }) });
    return getJson<Page<Item>>(`${path}?${query}`, { signal });
  };
  const list = useResource<PagedList<Item>>(
    async (signal) => {
      const first = await pageAt(undefined, signal);
      current.list = withNewest(current.list, first, keyOf);
      return current.list;
    },
    [path],
    options,
  );
  const submit = useSubmit();
  const cursor = list.data.value?.next_cursor ?? undefined;
  return {
    list,
    isLoadingMore: submit.isBusy,
    moreError: submit.error,
    more:
      cursor === undefined
        ? undefined
        : () =>
            void submit.run(async () => {
              const next = await pageAt(cursor);
              if (current.list === undefined) return;
              current.list = withNext(current.list, cursor, next);
              list.set(current.list);
            }),
  };
}
