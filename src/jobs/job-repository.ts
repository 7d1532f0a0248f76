import { CompiledQuery, type RawBuilder, sql } from 'kysely';
import type PgBoss from 'pg-boss';
import type { Database } from '../db/connection.ts';
import { inTransaction } from '../db/transaction.ts';
import { DEAD_LETTERS, SCHEMA } from './boss.ts';
import type { JobCount } from './jobs.ts';

/** A job that failed too often. */
export interface DeadLetter {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly error: string;
}

/** The jobs in the tables of pg-boss: those that wait, and those that failed too often. */
export interface JobRepository {
  /** Queues a job unless one with this key is new. */
  add(kind: string, key: string, afterMs: number): Promise<void>;
  /** Lets a waiting job begin in `afterMs` at the latest, and forgets its dead letter. Returns whether one waits. */
  bringForward(kind: string, key: string, afterMs: number): Promise<boolean>;
  /** Keys that have a job, waiting, running or dead. */
  knownKeys(kind: string): Promise<ReadonlySet<string>>;
  /** The kinds of jobs that may begin now. */
  dueKinds(): Promise<readonly string[]>;
  /** Cancels the job with this key, waiting or running, and forgets its dead letter. */
  cancel(kind: string, key: string): Promise<void>;
  counts(): Promise<readonly JobCount[]>;
  /** Oldest first. */
  deadLetters(): Promise<readonly DeadLetter[]>;
}

/** The table of pg-boss. */
export const job = sql.id(SCHEMA, 'job');

/** @param database the open store, which must be PostgreSQL */
export function createJobRepository(database: Database, boss: PgBoss): JobRepository {
  return {
    async add(kind, key, afterMs) {
      await boss.send(
        kind,
        { kind, key },
        { singletonKey: key, startAfter: afterMs / 1000, db: bossDatabase(database) },
      );
    },

    async bringForward(kind, key, afterMs) {
      const { rows } = await sql`
        with forgotten as (
          delete from ${job} where name = ${DEAD_LETTERS} and data->>'kind' = ${kind} and data->>'key' = ${key}
        )
        update ${job} set start_after = least(start_after, ${inMs(afterMs)})
        where name = ${kind} and singleton_key = ${key} and state < 'active'
        returning 1 as one`.execute(database);
      return rows.length > 0;
    },

    async knownKeys(kind) {
      const { rows } = await sql<{ key: string }>`
        select singleton_key collate "C" as key from ${job} where name = ${kind} and state <= 'active'
        union select key from running_jobs where kind = ${kind}
        union select (data->>'key') collate "C" from ${job}
          where name = ${DEAD_LETTERS} and data->>'kind' = ${kind}`.execute(database);
      return new Set(rows.map(({ key }) => key));
    },

    async dueKinds() {
      const { rows } = await sql<{ name: string }>`
        select distinct name from ${job}
        where name <> ${DEAD_LETTERS} and state < 'active' and start_after <= now()`.execute(database);
      return rows.map(({ name }) => name);
    },

    cancel: (kind, key) =>
      inTransaction(database, async (transaction) => {
        await sql`
          update ${job} set state = 'cancelled', completed_on = now()
          where name = ${kind} and singleton_key = ${key} and state <= 'active'`.execute(transaction);
        await sql`
          delete from ${job}
          where name = ${DEAD_LETTERS} and data->>'kind' = ${kind} and data->>'key' = ${key}`.execute(
          transaction,
        );
        await transaction
          .updateTable('running_jobs')
          .set({ cancelled: 1 })
          .where('kind', '=', kind)
          .where('key', '=', key)
          .execute();
      }),

    async counts() {
      const { rows } = await sql<JobCount>`
        select kind, sum(waiting)::int as waiting, sum(running)::int as running, sum(dead)::int as dead from (
          select name collate "C" as kind, 1 as waiting, 0 as running, 0 as dead from ${job}
            where name <> ${DEAD_LETTERS} and state < 'active'
          union all select kind, 0, 1, 0 from running_jobs
          union all select (data->>'kind') collate "C", 0, 0, 1 from ${job} where name = ${DEAD_LETTERS}
        ) as jobs group by kind`.execute(database);
      return rows;
    },

    async deadLetters() {
      const { rows } = await sql<DeadLetter>`
        select id::text, data->>'kind' as kind, data->>'key' as key,
          (extract(epoch from created_on) * 1000)::bigint as at,
          -- The second is the form of pg-boss itself, for jobs that took too long.
          coalesce(output->>'message', output->'value'->>'message', 'unknown') as error
        from ${job} where name = ${DEAD_LETTERS} order by created_on, id`.execute(database);
      return rows;
    },
  };
}

/** The moment `ms` from now, by the clock of the database. */
export function inMs(ms: number): RawBuilder<unknown> {
  return sql`now() + ${Math.max(0, ms)}::double precision * interval '1 millisecond'`;
}

/** Lets pg-boss use this connection. */
export function bossDatabase(database: Database): PgBoss.Db {
  return {
    async executeSql(text, values) {
      const { rows } = await database.executeQuery(CompiledQuery.raw(text, values));
      return { rows };
    },
  };
}
