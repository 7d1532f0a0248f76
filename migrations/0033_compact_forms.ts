import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('model_packages')
    .addColumn('weights_wanted', 'text', (column) => column.notNull().defaultTo('default'))
    .execute();
  await db.schema.alterTable('model_packages').addColumn('compact_trial', 'text').execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('model_packages').dropColumn('compact_trial').execute();
  await db.schema.alterTable('model_packages').dropColumn('weights_wanted').execute();
}
