import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../db/connection.ts';
import { insertRows } from '../../db/insert-rows.ts';
import { MOVE_MARK } from '../../db/move-mark.ts';
import type { TableSchema } from '../../db/schema.ts';
import type { NewRow, Tables } from '../../db/tables.ts';
import { keyOf, type StoredRow, type StoredValue, sizeOf } from './stored-row.ts';

const MAX_PAGE_ROWS = 2000;
/** Rows of some tables have long texts: a page is about this large. */
const PAGE_BYTES = 4 * 2 ** 20;
const FIRST_PAGE_ROWS = 50;

/** The mark of an unfinished copy is not part of what a store holds. */
function contentOf({ name }: TableSchema): RawBuilder<unknown> {
  return name === ('store_facts' satisfies keyof Tables)
    ? sql`(select * from store_facts where key <> ${MOVE_MARK}) as content`
    : sql.table(name);
}

/** All rows in order of the primary key, in pages. @param after begin behind this key */
export async function* rowPages(
  database: Database,
  table: TableSchema,
  after?: readonly StoredValue[],
): AsyncGenerator<StoredRow[]> {
  const columns = sql.join([...table.columns.keys()].map((column) => sql.ref(column)));
  const key = sql.join(table.key.map((column) => sql.ref(column)));
  let last = after;
  for (let limit = FIRST_PAGE_ROWS; ; ) {
    const rest = last === undefined ? sql`` : sql`where (${key}) > (${sql.join([...last])})`;
    const query = sql<StoredRow>`select ${columns} from ${contentOf(table)} ${rest} order by ${key} limit ${limit}`;
    const { rows } = await query.execute(database);
    if (rows.length > 0) yield rows;
    if (rows.length < limit) return;
    last = keyOf(table, rows.at(-1)!);
    const bytes = rows.reduce((sum, row) => sum + sizeOf(row), 0);
    limit = Math.max(1, Math.min(MAX_PAGE_ROWS, Math.floor((PAGE_BYTES * rows.length) / bytes)));
  }
}

/** The last key in the order of `rowPages`; undefined for an empty table. */
export async function lastKey(database: Database, table: TableSchema): Promise<StoredValue[] | undefined> {
  const columns = sql.join(table.key.map((column) => sql.ref(column)));
  const order = sql.join(table.key.map((column) => sql`${sql.ref(column)} desc`));
  const query = sql<StoredRow>`select ${columns} from ${contentOf(table)} order by ${order} limit 1`;
  const [row] = (await query.execute(database)).rows;
  return row && keyOf(table, row);
}

export async function countRows(database: Database, table: TableSchema): Promise<number> {
  const query = sql<{ count: number }>`select count(*) as count from ${contentOf(table)}`;
  return (await query.execute(database)).rows[0]!.count;
}

/** To be called in a transaction. */
export async function storeRows(
  transaction: Database,
  table: TableSchema,
  rows: readonly StoredRow[],
): Promise<void> {
  const name = table.name as 'candles';
  await insertRows(transaction, name, rows as readonly unknown[] as readonly NewRow<typeof name>[]);
}

/** An account whose ledger does not add up to its wallet (paper.md#4), in quote currency. */
export interface UnbalancedAccount {
  readonly id: string;
  readonly wallet: number;
  readonly sum: number;
}

export interface LedgerCheck {
  readonly accounts: number;
  readonly unbalanced: readonly UnbalancedAccount[];
}

/** More than the rounding of sums; money is kept to 1e-8. */
const MONEY_TOLERANCE = 1e-6;

/** Adds up the ledgers of all accounts, live ones and those of replays. */
export async function checkLedgers(database: Database): Promise<LedgerCheck> {
  const { rows } = await sql<UnbalancedAccount>`
    select a.id, a.wallet, a.initial_balance + coalesce(cast(l.amount as double precision), 0) as sum
    from paper_accounts a left join (
      select account_id, epoch, sum(cast(amount as numeric)) as amount from paper_ledger group by account_id, epoch
    ) l on l.account_id = a.id and l.epoch = a.epoch
    order by a.id`.execute(database);
  const unbalanced = rows.filter(({ wallet, sum }) => Math.abs(wallet - sum) > MONEY_TOLERANCE);
  return { accounts: rows.length, unbalanced };
}
