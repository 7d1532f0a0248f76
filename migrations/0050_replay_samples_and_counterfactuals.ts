import type { Kysely } from 'kysely';

/** What a replay computed on some candles, kept until the look-ahead check; and replays that are counterfactuals of others. */
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
  await db.schema.alterTable('replays').addColumn('counterfactual_of', 'text').execute();
  await db.schema.alterTable('replays').addColumn('counterfactual_kind', 'text').execute();
  await db.schema.alterTable('replays').addColumn('counterfactual_k', 'integer').execute();
  await db.schema
    .createIndex('replays_by_original')
    .on('replays')
    .columns(['counterfactual_of', 'counterfactual_kind', 'counterfactual_k'])
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex('replays_by_original').execute();
  for (const column of ['counterfactual_k', 'counterfactual_kind', 'counterfactual_of'])
    await db.schema.alterTable('replays').dropColumn(column).execute();
  await db.schema.dropTable('replay_samples').execute();
}
