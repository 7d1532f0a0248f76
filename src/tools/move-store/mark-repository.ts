import { sql } from 'kysely';
import type { Database } from '../../db/connection.ts';
import { isPostgres } from '../../db/engine.ts';
import { MOVE_MARK, type MoveMark, readMoveMark } from '../../db/move-mark.ts';
import type { TableSchema } from '../../db/schema.ts';
import { inTransaction } from '../../db/transaction.ts';
import { MoveError } from './move-error.ts';
import { countRows, lastKey } from './rows-repository.ts';

/**
 * Marks an empty store as an unfinished copy, or takes over the unfinished copy of the same store. No service opens the
 * store from now on.
 * @param name of the target, for people
 * @throws MoveError when the store holds anything else
 */
export function claimTarget(
  target: Database,
  tables: readonly TableSchema[],
  mark: MoveMark,
  name: string,
): Promise<void> {
  return inTransaction(target, async (transaction) => {
    // A service that starts now waits here, and then finds the mark.
    if (isPostgres(transaction))
      await sql`lock table store_facts in share row exclusive mode`.execute(transaction);
    const found = await readMoveMark(transaction);
    if (found === undefined) await requireEmpty(transaction, tables, name);
    else if (found.from !== mark.from) {
      throw new MoveError(
        `The target ${name} is an unfinished copy of ${found.from}, not of ${mark.from}. Use another target, or delete it.`,
      );
    }
    await transaction
      .insertInto('store_facts')
      .values({ key: MOVE_MARK, value: JSON.stringify(mark) })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: JSON.stringify(mark) }))
      .execute();
  });
}

async function requireEmpty(target: Database, tables: readonly TableSchema[], name: string): Promise<void> {
  for (const table of tables) {
    if ((await lastKey(target, table)) === undefined) continue;
    const rows = (await countRows(target, table)).toLocaleString('en');
    throw new MoveError(
      `The target ${name} is not empty: its table ${table.name} has ${rows} rows. Use a new file or an empty database.`,
    );
  }
}

/**
 * Requires that no later run took the target over; none can until the transaction ends.
 * @throws MoveError
 */
export async function requireOwnMark(transaction: Database, mark: MoveMark): Promise<void> {
  const value = JSON.stringify(mark);
  const query = transaction
    .updateTable('store_facts')
    .set({ value })
    .where('key', '=', MOVE_MARK)
    .where('value', '=', value);
  if ((await query.executeTakeFirstOrThrow()).numUpdatedRows === 1n) return;
  throw new MoveError('Another run of this command has taken the target over; this one stops.');
}

/** Makes the target a whole store. @throws MoveError when another run took it over */
export function finishTarget(target: Database, mark: MoveMark): Promise<void> {
  return inTransaction(target, async (transaction) => {
    await requireOwnMark(transaction, mark);
    await transaction.deleteFrom('store_facts').where('key', '=', MOVE_MARK).execute();
  });
}
