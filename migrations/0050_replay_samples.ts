import type { Kysely } from 'kysely';

/** What a replay computed on some candles, kept until the look-ahead check. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('replay_samples')
    .addColumn('account_id', 'text', (column) => column.notNull().references('paper_accounts.id'))
    .addColumn('as_of', 'integer', (column) => column.notNull())
    .addColumn('features', 'integer', (column) => column.notNull())
    .addColumn('numbers', 'blob', (column) => column.notNull())
    .addColumn('window_reason', 'text')
    .addColumn('decided', 'text')
    .addPrimaryKeyConstraint('replay_samples_pk', ['account_id', 'as_of'])
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('replay_samples').execute();
}
