import type { UpdateQueryBuilder, UpdateResult } from 'kysely';
import type { Database } from '../db/connection.ts';
import { bumpRevision } from '../db/revisions.ts';
import type { Tables } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';

type UpdateReplays = UpdateQueryBuilder<Tables, 'replays', 'replays', UpdateResult>;

/** Runs an update of `replays` and bumps their revision if it changed a row; returns whether it did. */
export function updateReplays(
  db: Database,
  query: (table: UpdateReplays) => UpdateReplays,
): Promise<boolean> {
  return inTransaction(db, async (transaction) => {
    const { numUpdatedRows } = await query(transaction.updateTable('replays')).executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) return false;
    await bumpRevision(transaction, 'replays');
    return true;
  });
}
