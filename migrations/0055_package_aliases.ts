import type { Kysely } from 'kysely';

/** Names that can be moved from one package to another. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('package_aliases')
    .addColumn('alias', 'text', (column) => column.primaryKey())
    .addColumn('package_id', 'text', (column) => column.notNull().references('model_packages.id'))
    .addColumn('moved_at', 'integer', (column) => column.notNull())
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('package_aliases').execute();
}
