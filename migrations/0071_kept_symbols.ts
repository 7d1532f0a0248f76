import { type Kysely, sql } from 'kysely';

/** Symbols whose candles stay although nothing uses them: people asked for them. All that are stored so far are. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('kept_symbols')
    .addColumn('symbol', 'text', (column) => column.primaryKey())
    .execute();
  await sql`insert into kept_symbols (symbol) select distinct symbol from candles`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('kept_symbols').execute();
}
