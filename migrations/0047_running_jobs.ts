import type { Kysely } from 'kysely';

/** Who runs which job, so that the jobs of a node that dies are repeated at once; and backfills that are jobs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('running_jobs')
    .addColumn('job_id', 'text', (column) => column.primaryKey())
    .addColumn('run_id', 'text', (column) => column.notNull().unique())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('node_id', 'text', (column) => column.notNull())
    .addColumn('cancelled', 'integer', (column) => column.notNull())
    .addUniqueConstraint('running_jobs_by_key', ['kind', 'key'])
    .execute();
  await db.schema
    .createTable('backfills')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('symbol', 'text', (column) => column.notNull())
    .addColumn('timeframe', 'text', (column) => column.notNull())
    .addColumn('from_time', 'integer', (column) => column.notNull())
    .addColumn('to_time', 'integer', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('done', 'integer', (column) => column.notNull())
    .addColumn('result', 'text')
    .addColumn('error_code', 'text')
    .addColumn('error_detail', 'text')
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .execute();
  await db.schema.alterTable('replays').addColumn('run_id', 'text').execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('replays').dropColumn('run_id').execute();
  await db.schema.dropTable('backfills').execute();
  await db.schema.dropTable('running_jobs').execute();
}
