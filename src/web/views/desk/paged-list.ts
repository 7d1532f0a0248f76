/** A page as the service answers it, newest first. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

/** All pages that were loaded, as one list, newest first; `next_cursor` is of the page after the last of them. */
export type PagedList<Item> = Page<Item>;

/**
 * The list after its first page was loaded again: what came new stands before what is known, and rows that are known
 * are replaced. When so much came that the page does not reach what is known, the list begins anew with it.
 */
export function withNewest<Item>(
  known: PagedList<Item> | undefined,
  first: Page<Item>,
  keyOf: (item: Item) => string,
): PagedList<Item> {
  const last = first.items.at(-1);
  if (known === undefined || last === undefined || first.next_cursor === null) return first;
  const key = keyOf(last);
  const meets = known.items.findIndex((item) => keyOf(item) === key);
  if (meets === -1) return first;
  return { items: [...first.items, ...known.items.slice(meets + 1)], next_cursor: known.next_cursor };
}

/** The list with the page after its end; as it was when it has changed since that page was asked for. */
export function withNext<Item>(known: PagedList<Item>, asked: string, next: Page<Item>): PagedList<Item> {
  if (known.next_cursor !== asked) return known;
  return { items: [...known.items, ...next.items], next_cursor: next.next_cursor };
}
