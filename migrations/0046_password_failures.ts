import type { Kysely } from 'kysely';

/** Wrong passwords per address; the empty address has those of all. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('password_failures')
    .addColumn('address', 'text', (column) => column.primaryKey())
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('failed_at', 'integer', (column) => column.notNull())
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('password_failures').execute();
}
