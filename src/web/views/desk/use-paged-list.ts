import { useRef } from 'preact/hooks';
import { getJson } from '../../data/api.ts';
import type { ApiError } from '../../data/api-error.ts';
import { type Resource, type ResourceOptions, useResource } from '../../data/resource.ts';
import { withQuery } from '../../data/urls.ts';
import { useCommand } from '../../data/use-command.ts';
import { appendPage, mergeFirstPage, type Page, type PagedList } from './paged-list.ts';

/** A list that is loaded page by page; its first page is reloaded after changes. */
export interface PagedResource<Item> {
  readonly pages: Resource<PagedList<Item>>;
  /** Loads the next page; undefined when there is none. */
  readonly loadMore: (() => void) | undefined;
  readonly isLoadingMore: boolean;
  readonly loadMoreError: ApiError | undefined;
}

/** @param path of the list, without a query */
export function usePagedList<Item>(
  path: string,
  limit: number,
  keyOf: (item: Item) => string,
  options: ResourceOptions,
): PagedResource<Item> {
  const loaded = useRef<{ path: string; list: PagedList<Item> | undefined }>({ path, list: undefined });
  if (loaded.current.path !== path) loaded.current = { path, list: undefined };
  const current = loaded.current;
  const loadPage = (cursor: string | undefined, signal?: AbortSignal) =>
    getJson<Page<Item>>(withQuery(path, { limit: String(limit), cursor }), { signal });
  const pages = useResource<PagedList<Item>>(
    async (signal) => {
      current.list = mergeFirstPage(current.list, await loadPage(undefined, signal), keyOf);
      return current.list;
    },
    [path],
    options,
  );
  const { isBusy, error, run } = useCommand();
  const cursor = pages.data.value?.next_cursor ?? undefined;
  const loadMore = (from: string) =>
    run(async () => {
      const next = await loadPage(from);
      if (current.list === undefined) return;
      current.list = appendPage(current.list, from, next);
      pages.set(current.list);
    });
  return {
    pages,
    isLoadingMore: isBusy,
    loadMoreError: error,
    loadMore: cursor === undefined ? undefined : () => void loadMore(cursor),
  };
}
