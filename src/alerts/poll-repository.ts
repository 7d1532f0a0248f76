import type { Kysely } from 'kysely';
import type { Tables } from '../db/tables.ts';
import type { PollRun } from './poll-run.ts';

export type PollRepository = ReturnType<typeof createPollRepository>;

/** The rows of `polled_accounts`. */
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

    async save(accountId: string, { polls, intervalMs, lastPollAt }: PollRun): Promise<void> {
      const values = { polls, interval_ms: intervalMs, last_poll_at: lastPollAt };
      await database
        .insertInto('polled_accounts')
        .values({ account_id: accountId, ...values })
        .onConflict((conflict) => conflict.column('account_id').doUpdateSet(values))
        .execute();
    },
  };
}
