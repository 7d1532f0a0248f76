import { type SelectQueryBuilder, sql } from 'kysely';

/** The order of a list. */
export interface PageOrder {
  /** Together they identify a row. */
  readonly columns: readonly string[];
  readonly direction: 'asc' | 'desc';
}

/** Which rows of a list are read. */
export interface PagePlace {
  readonly limit: number;
  /** Values of the order's columns in the last row of the page before; undefined for the first page. */
  readonly after?: readonly (number | string)[] | undefined;
  /** Rows to leave out, and the number of rows of the whole list. */
  readonly skip?: { readonly rows: number; readonly total: number } | undefined;
}

/** Reads a page of a sorted list. Pages of the second half are read from its end, so that the last is as fast as the first. */
export async function sortedPage<Output>(
  // biome-ignore lint/suspicious/noExplicitAny: a query of any tables
  query: SelectQueryBuilder<any, any, Output>,
  { columns, direction }: PageOrder,
  { limit, after, skip = { rows: 0, total: Number.MAX_SAFE_INTEGER } }: PagePlace,
): Promise<Output[]> {
  const keys = columns.map((column) => sql.ref(column));
  const comparison = direction === 'desc' ? sql.raw('<') : sql.raw('>');
  const rest =
    after === undefined
      ? query
      : query.where(sql<boolean>`(${sql.join(keys)}) ${comparison} (${sql.join(after)})`);
  const behind = skip.total - skip.rows;
  const isFromEnd = after === undefined && skip.rows > behind;
  const count = isFromEnd ? Math.max(0, Math.min(limit, behind)) : limit;
  if (count === 0) return [];
  const opposite = direction === 'desc' ? 'asc' : 'desc';
  const rows = await keys
    .reduce((ordered, key) => ordered.orderBy(key, isFromEnd ? opposite : direction), rest)
    .limit(count)
    .offset(isFromEnd ? behind - count : skip.rows)
    .execute();
  return isFromEnd ? rows.reverse() : rows;
}
