import type { Kysely } from 'kysely';

/** What was tried on a symbol. No other table refers to it, so that deleting a replay or a package lowers no count. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('trials')
    .addColumn('symbol', 'text', (column) => column.notNull())
    .addColumn('trial', 'text', (column) => column.notNull())
    .addColumn('from_time', 'integer', (column) => column.notNull())
    .addColumn('to_time', 'integer', (column) => column.notNull())
    .addColumn('first_day', 'integer')
    .addColumn('log_returns', 'blob', (column) => column.notNull())
    .addPrimaryKeyConstraint('trials_pk', ['symbol', 'trial', 'from_time'])
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('trials').execute();
}
