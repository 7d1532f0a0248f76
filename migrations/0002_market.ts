import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('candles')
    .addColumn('symbol', 'text', (column) => column.notNull())
    .addColumn('timeframe', 'text', (column) => column.notNull())
    .addColumn('open_time', 'integer', (column) => column.notNull())
    .addColumn('open', 'real', (column) => column.notNull())
    .addColumn('high', 'real', (column) => column.notNull())
    .addColumn('low', 'real', (column) => column.notNull())
    .addColumn('close', 'real', (column) => column.notNull())
    .addColumn('volume', 'real', (column) => column.notNull())
    .addColumn('filled', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('candles_pk', ['symbol', 'timeframe', 'open_time'])
    .execute();
  await db.schema
    .createTable('candle_gaps')
    .addColumn('symbol', 'text', (column) => column.notNull())
    .addColumn('timeframe', 'text', (column) => column.notNull())
    .addColumn('from_time', 'integer', (column) => column.notNull())
    .addColumn('to_time', 'integer', (column) => column.notNull())
    .addColumn('found_at', 'integer', (column) => column.notNull())
    .addColumn('asked_at', 'integer', (column) => column.notNull())
    .addColumn('asks', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('candle_gaps_pk', ['symbol', 'timeframe', 'from_time'])
    .execute();
  await db.schema
    .createTable('funding_rates')
    .addColumn('symbol', 'text', (column) => column.notNull())
    .addColumn('time', 'integer', (column) => column.notNull())
    .addColumn('rate', 'real', (column) => column.notNull())
    .addPrimaryKeyConstraint('funding_rates_pk', ['symbol', 'time'])
    .execute();
  await db.schema
    .createTable('funding_coverage')
    .addColumn('symbol', 'text', (column) => column.primaryKey())
    .addColumn('from_time', 'integer', (column) => column.notNull())
    .addColumn('to_time', 'integer', (column) => column.notNull())
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('funding_coverage').execute();
  await db.schema.dropTable('funding_rates').execute();
  await db.schema.dropTable('candle_gaps').execute();
  await db.schema.dropTable('candles').execute();
}
