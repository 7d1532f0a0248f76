import { type SelectQueryBuilder, sql } from 'kysely';
import type { Tables } from './tables.ts';

/**
 * Reads a page of a query in descending order of `columns`.
 * @param after values of these columns in the last row of the page before; undefined for the first page
 */
export function newestFirst<Table extends keyof Tables, Output>(
  query: SelectQueryBuilder<Tables, Table, Output>,
  columns: readonly string[],
  limit: number,
  after: readonly (number | string)[] | undefined,
): Promise<Output[]> {
  const keys = columns.map((column) => sql.ref(column));
  const rest =
    after === undefined ? query : query.where(sql<boolean>`(${sql.join(keys)}) < (${sql.join(after)})`);
  return keys
    .reduce((ordered, key) => ordered.orderBy(key, 'desc'), rest)
    .limit(limit)
    .execute();
}
