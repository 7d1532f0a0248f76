import type { Kysely } from 'kysely';

/** Addresses from which the password was right before. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('login_addresses')
    .addColumn('address', 'text', (column) => column.primaryKey())
    .addColumn('logged_in_at', 'integer', (column) => column.notNull())
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('login_addresses').execute();
}
