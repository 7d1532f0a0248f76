import type { Kysely } from 'kysely';
import type { Tables } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import { afterPolls, type PollRun, type PollSpan } from './poll-run.ts';

export type PollRepository = ReturnType<typeof createPollRepository>;

/** The rows of `polled_accounts`, with the polls that all nodes got. */
export function createPollRepository(database: Kysely<Tables>) {
  return {
    /** By account id. */
    async all(): Promise<Map<string, PollRun>> {
      const rows = await database
        .selectFrom('polled_accounts')
        .select(['account_id', 'polls', 'interval_ms as intervalMs', 'last_poll_at as lastPollAt'])
        .execute();
      return new Map(rows.map(({ account_id, ...run }) => [account_id, run]));
    },

    /** Adds polls to the stored runs of accounts. @param spans by account id */
    async add(spans: ReadonlyMap<string, PollSpan>): Promise<void> {
      await inTransaction(database, async (transaction) => {
        // In one order on all nodes, so that they do not wait for each other.
        for (const [accountId, span] of [...spans].sort(([a], [b]) => (a < b ? -1 : 1))) {
          const { polls, intervalMs, lastPollAt } = afterPolls(await lockRun(transaction, accountId), span);
          await transaction
            .updateTable('polled_accounts')
            .set({ polls, interval_ms: intervalMs, last_poll_at: lastPollAt })
            .where('account_id', '=', accountId)
            .execute();
        }
      });
    },
  };
}

/** The stored run, which is locked until the end of the transaction; undefined if there was none. */
async function lockRun(transaction: Kysely<Tables>, accountId: string): Promise<PollRun | undefined> {
  const run = await transaction
    .insertInto('polled_accounts')
    .values({ account_id: accountId, polls: 0, interval_ms: 0, last_poll_at: 0 })
    .onConflict((conflict) =>
      conflict.column('account_id').doUpdateSet(({ ref }) => ({ polls: ref('polled_accounts.polls') })),
    )
    .returning(['polls', 'interval_ms as intervalMs', 'last_poll_at as lastPollAt'])
    .executeTakeFirstOrThrow();
  return run.polls === 0 ? undefined : run;
}
