import type { Database } from '../db/connection.ts';
import { bumpRevision, type Topic } from '../db/revisions.ts';
import { inTransaction } from '../db/transaction.ts';
import { accountColumns } from './account-rows.ts';
import { beginEpoch, endEpoch, writeHistory } from './add-history-repository.ts';
import { writeLots } from './change-lots-repository.ts';
import { readAccounts } from './read-accounts-repository.ts';
import type { AccountChange, Run, StoredAccount } from './stored-account.ts';

export type { AccountChange, StoredAccount } from './stored-account.ts';
export { marketOf } from './stored-account.ts';

export interface NewStoredAccount extends Pick<StoredAccount, 'account' | 'packageId' | 'symbol'> {
  readonly now: number;
}

/** Accounts of one run. Every change bumps the revision of `account:<id>`, or of `replays`. */
export interface AccountRepository {
  find(id: string): Promise<StoredAccount | undefined>;
  /** In order of their ids. */
  list(): Promise<StoredAccount[]>;
  /** Stores an account; if one with this id exists, it is returned unchanged. Of several callers one has created it. */
  create(account: NewStoredAccount): Promise<{ readonly stored: StoredAccount; readonly created: boolean }>;
  /** Deletes an account that never had a lot, with its records; returns why nothing was deleted, or null. */
  remove(id: string): Promise<'MISSING' | 'TRADED' | null>;
  /**
   * Stores an account with all records of a change in one transaction. Stores nothing and returns undefined if the
   * account has changed since `stored` was read.
   * @param hideHistory whether a reset hides the epochs before it
   */
  commit(
    stored: StoredAccount,
    change: AccountChange,
    now: number,
    hideHistory?: boolean,
  ): Promise<StoredAccount | undefined>;
}

/** @param database the open store, or a transaction on it */
export function createAccountRepository(database: Database, run: Run = 'live'): AccountRepository {
  const topicOf = (id: string): Topic => (run === 'live' ? `account:${id}` : 'replays');

  return {
    find: async (id) => (await readAccounts(database, run, id))[0],
    list: () => readAccounts(database, run),

    create({ account, packageId, symbol, now }) {
      return inTransaction(database, async (transaction) => {
        const inserted = await transaction
          .insertInto('paper_accounts')
          .values({
            ...accountColumns(account),
            id: account.id,
            run,
            package_id: packageId,
            symbol,
            revision: run === 'live' ? await firstRevision(transaction, topicOf(account.id)) : 1,
            created_at: now,
            updated_at: now,
            reset_at: null,
            status_at: null,
          })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .executeTakeFirstOrThrow();
        const created = inserted.numInsertedOrUpdatedRows === 1n;
        if (created) {
          await beginEpoch(transaction, account, now);
          await bumpRevision(transaction, topicOf(account.id));
        }
        return { stored: (await readAccounts(transaction, run, account.id))[0] as StoredAccount, created };
      });
    },

    remove: (id) =>
      inTransaction(database, async (transaction) => {
        // First, because other changes of the account then wait.
        await bumpRevision(transaction, topicOf(id));
        const own = transaction
          .selectFrom('paper_accounts')
          .select('id')
          .where('id', '=', id)
          .where('run', '=', run);
        if ((await own.executeTakeFirst()) === undefined) return 'MISSING';
        const lot = transaction.selectFrom('paper_lots').select('id').where('account_id', '=', id).limit(1);
        if ((await lot.executeTakeFirst()) !== undefined) return 'TRADED';
        for (const table of RECORDS)
          await transaction.deleteFrom(table).where('account_id', '=', id).execute();
        await transaction.deleteFrom('paper_accounts').where('id', '=', id).execute();
        return null;
      }),

    commit(stored, change, now, hideHistory = false) {
      return inTransaction(database, async (transaction) => {
        const isReset = change.account.epoch !== stored.account.epoch;
        const hasStatus = change.account.status !== stored.account.status;
        const statusAt = hasStatus ? now : stored.statusAt;
        const updated = await transaction
          .updateTable('paper_accounts')
          .set({
            ...accountColumns(change.account),
            revision: stored.revision + 1,
            updated_at: now,
            ...(isReset ? { reset_at: now } : {}),
            status_at: statusAt,
          })
          .where('id', '=', change.account.id)
          .where('run', '=', run)
          .where('revision', '=', stored.revision)
          .executeTakeFirstOrThrow();
        if (updated.numUpdatedRows === 0n) return undefined;
        await bumpRevision(transaction, topicOf(change.account.id));
        await writeLots(transaction, stored.account, change);
        await writeHistory(transaction, stored.account, change, now);
        if (isReset) {
          await endEpoch(transaction, stored.account, now, hideHistory);
          await beginEpoch(transaction, change.account, now);
        }
        return {
          ...stored,
          account: change.account,
          revision: stored.revision + 1,
          updatedAt: now,
          resetAt: isReset ? now : stored.resetAt,
          statusAt,
        };
      });
    },
  };
}

/** What an account without lots can have. */
const RECORDS = [
  'paper_ledger',
  'paper_decisions',
  'paper_equity',
  'paper_epochs',
  'polled_accounts',
] as const;

/** Above all revisions of an account that was deleted under this id, which caches may still know. */
async function firstRevision(transaction: Database, topic: Topic): Promise<number> {
  const known = transaction.selectFrom('revisions').select('revision').where('topic', '=', topic);
  return ((await known.executeTakeFirst())?.revision ?? 0) + 1;
}
