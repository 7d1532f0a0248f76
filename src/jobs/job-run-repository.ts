import { type RawBuilder, sql } from 'kysely';
import type PgBoss from 'pg-boss';
import type { Database } from '../db/connection.ts';
import { inTransaction } from '../db/transaction.ts';
import { bossDatabase, inMs, job } from './job-repository.ts';

/** A job that this node runs. */
export interface TakenJob {
  readonly id: string;
  readonly runId: string;
  readonly kind: string;
  readonly key: string;
  /** Whether a failure is the last one that is allowed. */
  readonly isLastTry: boolean;
}

/** A run as the database has it. */
export interface StoredRun extends Pick<TakenJob, 'id' | 'runId'> {
  readonly isCancelled: boolean;
}

/** A job whose node died. */
export interface OrphanedJob extends Pick<TakenJob, 'id' | 'kind' | 'key'> {
  /** How often that happened to it. */
  readonly deaths: number;
}

/**
 * The jobs that nodes run. pg-boss's own workers are not used: they end the process when a result cannot be stored, and a
 * waiting job whose key is running would hold up all others of its kind.
 */
export interface JobRunRepository {
  /** Takes jobs that may begin now and of whose key none runs. */
  take(kind: string, most: number, nodeId: string): Promise<TakenJob[]>;
  /** The runs of a node by their ids. */
  runsOf(nodeId: string): Promise<ReadonlyMap<string, StoredRun>>;
  /** Ends a run. Does nothing if it was cancelled, or the job was taken from its node. */
  complete(job: TakenJob): Promise<void>;
  /** The same for a run that failed: pg-boss repeats it, or makes it a dead letter. */
  fail(job: TakenJob, error: unknown): Promise<void>;
  /** The same for a run that was interrupted: it is repeated, and does not count as failed. */
  giveBack(run: Pick<TakenJob, 'id' | 'runId'>, afterMs: number): Promise<void>;
  /** Gives back everything that a node ran that died. A job whose nodes died `MAX_DEATHS` times becomes a dead letter. */
  giveBackOf(nodeId: string): Promise<readonly OrphanedJob[]>;
  /** The nodes that run jobs. */
  runners(): Promise<readonly string[]>;
}

/** Nodes die for other reasons than their jobs, but hardly as often while one and the same job runs. */
export const MAX_DEATHS = 5;

/** @param database the open store, which must be PostgreSQL */
export function createJobRunRepository(database: Database, boss: PgBoss): JobRunRepository {
  /** Ends a run with `settle`, if it is still this node's. */
  function endRun(
    { runId }: Pick<TakenJob, 'runId'>,
    settle: (transaction: Database) => Promise<unknown>,
  ): Promise<void> {
    return inTransaction(database, async (transaction) => {
      const run = await transaction
        .deleteFrom('running_jobs')
        .where('run_id', '=', runId)
        .returning('cancelled')
        .executeTakeFirst();
      if (run?.cancelled === 0) await settle(transaction);
    });
  }

  async function giveUp(transaction: Database, { id, kind, deaths }: OrphanedJob): Promise<void> {
    await sql`update ${job} set retry_count = retry_limit where name = ${kind} and id = ${id}::uuid`.execute(
      transaction,
    );
    const error = { message: `The nodes that ran it died, ${deaths} times in all.` };
    await boss.fail(kind, id, error, { db: bossDatabase(transaction) });
  }

  return {
    async take(kind, most, nodeId) {
      const { rows } = await sql<TakenJob>`
        with next as (
          select id, singleton_key from ${job} as waiting
          where name = ${kind} and state < 'active' and start_after <= now() and not exists (
            select from running_jobs where kind = ${kind} and key = waiting.singleton_key collate "C"
          )
          order by priority desc, created_on, id limit ${most} for update skip locked
        ), noted as (
          insert into running_jobs (job_id, run_id, kind, key, node_id, cancelled)
          select id::text, gen_random_uuid()::text, ${kind}, singleton_key, ${nodeId}, 0 from next
          on conflict do nothing
          returning job_id, run_id
        )
        update ${job} as taken set
          state = 'active',
          started_on = now(),
          retry_count = retry_count + case when started_on is null then 0 else 1 end
        from noted where name = ${kind} and id = noted.job_id::uuid
        returning id::text, noted.run_id as "runId", name as kind, singleton_key as key,
          retry_count >= retry_limit as "isLastTry"`.execute(database);
      return rows;
    },

    async runsOf(nodeId) {
      const runs = database
        .selectFrom('running_jobs')
        .select(['job_id as id', 'run_id as runId', 'cancelled']);
      const rows = await runs.where('node_id', '=', nodeId).execute();
      return new Map(
        rows.map(({ cancelled, ...run }) => [run.runId, { ...run, isCancelled: cancelled === 1 }]),
      );
    },

    complete: (taken) =>
      endRun(taken, (transaction) =>
        boss.complete(taken.kind, taken.id, {}, { db: bossDatabase(transaction) }),
      ),

    fail: (taken, error) =>
      endRun(taken, (transaction) =>
        boss.fail(taken.kind, taken.id, { message: messageOf(error) }, { db: bossDatabase(transaction) }),
      ),

    giveBack: (run, afterMs) => endRun(run, (transaction) => makeWait(transaction, run.id, inMs(afterMs))),

    giveBackOf: (nodeId) =>
      inTransaction(database, async (transaction) => {
        const runs = await transaction
          .deleteFrom('running_jobs')
          .where('node_id', '=', nodeId)
          .returning('job_id')
          .execute();
        const { rows } = await sql<OrphanedJob>`
          update ${job} set data = data || jsonb_build_object('deaths', coalesce((data->>'deaths')::int, 0) + 1)
          where id = any(${runs.map(({ job_id }) => job_id)}::uuid[]) and state = 'active'
          returning id::text, name as kind, singleton_key as key, (data->>'deaths')::int as deaths`.execute(
          transaction,
        );
        for (const orphan of rows)
          if (orphan.deaths < MAX_DEATHS) await makeWait(transaction, orphan.id, inMs(0));
          else await giveUp(transaction, orphan);
        return rows;
      }),

    async runners() {
      const rows = await database.selectFrom('running_jobs').select('node_id').distinct().execute();
      return rows.map(({ node_id }) => node_id);
    },
  };
}

/** Lets an active job wait again. A job without the time of its start does not count its next run as a repetition. */
async function makeWait(transaction: Database, id: string, startAfter: RawBuilder<unknown>): Promise<void> {
  await sql`
    update ${job} set state = 'retry', started_on = null, start_after = ${startAfter}
    where id = ${id}::uuid and state = 'active'`.execute(transaction);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
