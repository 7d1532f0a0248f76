import { type SelectQueryBuilder, sql } from 'kysely';
import type { Database } from '../db/connection.ts';
import type { PagePlace } from '../db/sorted-page.ts';

/** Best and worst are by net result, where records have one. */
export type ListSort = 'newest' | 'oldest' | 'best' | 'worst';

/** A result of exactly 0 is neither (statistics.md#6). */
export type LotResult = 'won' | 'lost';

/** What a list is restricted to. Times in ms, both included. */
export interface ListFilter {
  readonly side?: 'long' | 'short' | undefined;
  readonly result?: LotResult | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** The order and the part of a list that is read. */
export interface ListView {
  readonly sort?: ListSort | undefined;
  readonly skip?: PagePlace['skip'];
}

/**
 * Reads a page of a list.
 * @param after the last item of the page before; it needs the fields only that the list is sorted by
 */
export type RecordList<Item, Filter> = (
  accountId: string,
  limit: number,
  after?: Partial<Item>,
  view?: ListView & Filter,
) => Promise<Item[]>;

/** The epochs of an account that no reset has hidden. */
export function visibleEpochs(database: Database, accountId: string) {
  return database
    .selectFrom('paper_epochs')
    .select('epoch')
    .where('account_id', '=', accountId)
    .where('hidden', '=', 0);
}

/** Whether an amount is a gain or a loss. @param amount a column or an expression */
export function isResult(amount: string, result: LotResult) {
  return sql<boolean>`${sql.raw(amount)} ${sql.raw(result === 'won' ? '>' : '<')} 0`;
}

/** The number of rows of a query without columns. */
// biome-ignore lint/suspicious/noExplicitAny: a query of any tables
export async function countOf(query: SelectQueryBuilder<any, any, object>): Promise<number> {
  const { count } = await query.select(sql<number>`count(*)`.as('count')).executeTakeFirstOrThrow();
  return count;
}
