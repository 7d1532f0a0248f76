/** A page of a list, newest first. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Of the next page. */
  readonly next_cursor: string | null;
}

/** The loaded pages as one list, newest first; `next_cursor` belongs to the page after the last of them. */
export type PagedList<Item> = Page<Item>;

/**
 * The list after its first page was loaded again: new rows precede the known ones, and known rows are replaced. When
 * the page does not reach the known rows, the list starts again with it.
 */
export function mergeFirstPage<Item>(
  known: PagedList<Item> | undefined,
  first: Page<Item>,
  keyOf: (item: Item) => string,
): PagedList<Item> {
  const last = first.items.at(-1);
  if (known === undefined || last === undefined || first.next_cursor === null) return first;
  const lastKey = keyOf(last);
  const overlap = known.items.findIndex((item) => keyOf(item) === lastKey);
  if (overlap === -1) return first;
  return { items: [...first.items, ...known.items.slice(overlap + 1)], next_cursor: known.next_cursor };
}

/** The list with its next page. It stays as it is if it has changed since the page at `cursor` was requested. */
export function appendPage<Item>(known: PagedList<Item>, cursor: string, next: Page<Item>): PagedList<Item> {
  if (known.next_cursor !== cursor) return known;
  return { items: [...known.items, ...next.items], next_cursor: next.next_cursor };
}
