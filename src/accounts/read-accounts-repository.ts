import type { Database } from '../db/connection.ts';
import type { Lot } from '../trading/lot.ts';
import { accountOf, joinedLot, OPEN_LOT_COLUMNS } from './account-rows.ts';
import type { Run, StoredAccount } from './stored-account.ts';

/**
 * The accounts of a run, or the one with this id, in order of their ids. One statement, because a change between two would
 * give an account the lots of another revision.
 */
export async function readAccounts(database: Database, run: Run, id?: string): Promise<StoredAccount[]> {
  let query = database
    .selectFrom('paper_accounts as account')
    // By account, because the index begins with it: closed lots are many more than open ones.
    .leftJoin('paper_lots as lot', (join) =>
      join.onRef('lot.account_id', '=', 'account.id').on('lot.status', '=', 'OPEN'),
    )
    .where('account.run', '=', run);
  if (id !== undefined) query = query.where('account.id', '=', id);
  const rows = await query
    .selectAll('account')
    .select(OPEN_LOT_COLUMNS.map((column) => `lot.${column} as lot_${column}` as const))
    .orderBy('account.id')
    .orderBy('lot.sequence')
    .execute();
  const lotsOf = new Map<string, Lot[]>();
  for (const row of rows) {
    const lots = lotsOf.get(row.id) ?? [];
    const lot = joinedLot(row);
    lotsOf.set(row.id, lot === undefined ? lots : [...lots, lot]);
  }
  const byAccount = new Map(rows.map((row) => [row.id, row]));
  return Array.from(byAccount.values(), (row) => ({
    account: accountOf(row, lotsOf.get(row.id) ?? []),
    packageId: row.package_id,
    symbol: row.symbol,
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    resetAt: row.reset_at,
    statusAt: row.status_at,
  }));
}
