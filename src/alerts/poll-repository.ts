import type { Kysely } from 'kysely';
import type { Tables } from '../db/tables.ts';
import type { PollRun } from './poll-run.ts';

/** The rows of `polled_accounts`. */
export interface PollRepository {
  /** By account id. */
  all(): Promise<Map<string, PollRun>>;
  save(accountId: string, run: PollRun): Promise<void>;
}

export function createPollRepository(database: Kysely<Tables>): PollRepository {
  return {
    async all() {
      const rows = await database.selectFrom('polled_accounts').selectAll().execute();
      return new Map(
        rows.map(({ account_id, polls, interval_ms, last_poll_at }) => [
          account_id,
          { polls, intervalMs: interval_ms, lastPollAt: last_poll_at },
        ]),
      );
    },

    async save(accountId, { polls, intervalMs, lastPollAt }) {
      const values = { polls, interval_ms: intervalMs, last_poll_at: lastPollAt };
      await database
        .insertInto('polled_accounts')
        .values({ account_id: accountId, ...values })
        .onConflict((conflict) => conflict.column('account_id').doUpdateSet(values))
        .execute();
    },
  };
}
