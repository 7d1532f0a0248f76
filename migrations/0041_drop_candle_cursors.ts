import type { Kysely } from 'kysely';

/** Accounts store themselves which candle they execute next. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('candle_cursors').execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('candle_cursors')
    .addColumn('consumer', 'text', (column) => column.notNull())
    .addColumn('symbol', 'text', (column) => column.notNull())
    .addColumn('timeframe', 'text', (column) => column.notNull())
    .addColumn('next_time', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('candle_cursors_pk', ['consumer', 'symbol', 'timeframe'])
    .execute();
}
