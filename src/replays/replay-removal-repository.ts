import type { Database } from '../db/connection.ts';
import { inTransaction } from '../db/transaction.ts';
import { updateReplays } from './update-replays-repository.ts';

/** Finished replays are hidden at once and removed some rows at a time. */
export interface ReplayRemovals {
  /** Hides a finished replay until it is removed; false if there is none. */
  hide(id: string): Promise<boolean>;
  /** Hides the finished replays of a package that are not among its newest `max` replays. */
  hideOld(packageId: string, max: number): Promise<void>;
  /** Ids of those that are hidden and not removed yet. */
  hidden(): Promise<readonly string[]>;
  /** Removes some rows of a hidden replay; returns whether there may be more. */
  removeSome(id: string): Promise<boolean>;
}

const FINISHED = ['DONE', 'CANCELLED', 'FAILED'] as const;
/** One statement takes a few milliseconds. */
const ROWS_PER_REMOVAL = 500;

/** The tables of an account's records, each with the column that identifies a row of the account. */
const RECORD_TABLES = [
  ['paper_equity', 'time'],
  ['paper_decisions', 'as_of'],
  ['paper_ledger', 'sequence'],
  ['paper_lots', 'sequence'],
  ['paper_epochs', 'epoch'],
  ['replay_samples', 'as_of'],
] as const;

/** @param database the open store */
export function createReplayRemovals(database: Database): ReplayRemovals {
  return {
    hide: (id) =>
      inTransaction(database, async (transaction) => {
        const isHidden = await updateReplays(transaction, (replays) =>
          replays.set({ state: 'REMOVED' }).where('id', '=', id).where('state', 'in', FINISHED),
        );
        await hideOrphans(transaction);
        return isHidden;
      }),

    async hideOld(packageId, max) {
      const newest = database
        .selectFrom('replays')
        .select('id')
        .where('state', '!=', 'REMOVED')
        .where('package_id', '=', packageId)
        .where('counterfactual_of', 'is', null)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(max);
      await inTransaction(database, async (transaction) => {
        await updateReplays(transaction, (replays) =>
          replays
            .set({ state: 'REMOVED' })
            .where('package_id', '=', packageId)
            .where('counterfactual_of', 'is', null)
            .where('state', 'in', FINISHED)
            .where('id', 'not in', newest),
        );
        await hideOrphans(transaction);
      });
    },

    async hidden() {
      const rows = await database.selectFrom('replays').select('id').where('state', '=', 'REMOVED').execute();
      return rows.map(({ id }) => id);
    },

    async removeSome(id) {
      const hidden = database.selectFrom('replays').select('id').where('state', '=', 'REMOVED');
      if ((await hidden.where('id', '=', id).executeTakeFirst()) === undefined) return false;
      for (const [table, key] of RECORD_TABLES) {
        const some = database
          .selectFrom(table)
          .select(key)
          .where('account_id', '=', id)
          .orderBy(key)
          .limit(ROWS_PER_REMOVAL);
        const { numDeletedRows } = await database
          .deleteFrom(table)
          .where('account_id', '=', id)
          .where(key, 'in', some)
          .executeTakeFirstOrThrow();
        if (numDeletedRows > 0n) return true;
      }
      await database.deleteFrom('paper_accounts').where('id', '=', id).execute();
      await database.deleteFrom('replays').where('id', '=', id).execute();
      return true;
    },
  };
}

/** Hides the counterfactuals of hidden replays, also those that run: their next write is refused. */
function hideOrphans(db: Database): Promise<boolean> {
  const hidden = db.selectFrom('replays').select('id').where('state', '=', 'REMOVED');
  return updateReplays(db, (replays) =>
    replays
      .set({ state: 'REMOVED' })
      .where('state', '!=', 'REMOVED')
      .where('counterfactual_of', 'in', hidden),
  );
}
