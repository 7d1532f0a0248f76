import { type Kysely, sql } from 'kysely';
import { isPostgres } from '../src/db/engine.ts';

const COLUMNS = sql.raw('symbol, timeframe, open_time, open, high, low, close, volume, filled');

/**
 * Stores candles on disk in the order of their key. Before, they were in the order of insertion with all symbols mixed,
 * so that each candle of a window was on another page.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  if (!isPostgres(db)) await rebuild(db, true);
  await db.schema
    .createTable('candle_mismatches')
    .addColumn('symbol', 'text', (column) => column.notNull())
    .addColumn('open_time', 'integer', (column) => column.notNull())
    .addColumn('problem', 'text', (column) => column.notNull())
    .addColumn('found_at', 'integer', (column) => column.notNull())
    .addColumn('asked_at', 'integer', (column) => column.notNull())
    .addColumn('asks', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('candle_mismatches_pk', ['symbol', 'open_time'])
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('candle_mismatches').execute();
  if (!isPostgres(db)) await rebuild(db, false);
}

/** SQLite cannot change the layout of a table, so its rows move to another one. PostgreSQL has no such layout. */
async function rebuild(db: Kysely<unknown>, inOrder: boolean): Promise<void> {
  const create = db.schema
    .createTable('candles_moved')
    .addColumn('symbol', 'text', (column) => column.notNull())
    .addColumn('timeframe', 'text', (column) => column.notNull())
    .addColumn('open_time', 'integer', (column) => column.notNull())
    .addColumn('open', 'real', (column) => column.notNull())
    .addColumn('high', 'real', (column) => column.notNull())
    .addColumn('low', 'real', (column) => column.notNull())
    .addColumn('close', 'real', (column) => column.notNull())
    .addColumn('volume', 'real', (column) => column.notNull())
    .addColumn('filled', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('candles_pk', ['symbol', 'timeframe', 'open_time']);
  await (inOrder ? create.modifyEnd(sql`without rowid`) : create).execute();
  await sql`insert into candles_moved (${COLUMNS}) select ${COLUMNS} from candles order by symbol, timeframe, open_time`.execute(
    db,
  );
  await db.schema.dropTable('candles').execute();
  await db.schema.alterTable('candles_moved').renameTo('candles').execute();
}
