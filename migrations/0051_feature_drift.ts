import type { Kysely } from 'kysely';

/** What each UTC day said about the features of each package. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('feature_drift')
    .addColumn('package_id', 'text', (column) => column.notNull())
    .addColumn('day', 'integer', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('features', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('feature_drift_pk', ['package_id', 'day'])
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('feature_drift').execute();
}
