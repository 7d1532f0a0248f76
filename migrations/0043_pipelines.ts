import { type Kysely, sql } from 'kysely';
import { isPostgres } from '../src/db/engine.ts';

/** What every package computed with before packages could declare it. */
const MANIFEST_DEFAULTS = {
  decision_tf: '15m',
  intrabar_tf: '3m',
  forecast_features: 'steps',
  observation: ['core', 'forecast', 'account'],
  max_hold_steps: 192,
  history_candles: 1500,
};

/** The same for accounts and replays, as they store it. */
const ACCOUNT_DEFAULTS = {
  decisionTimeframe: '15m',
  intrabarTimeframe: '3m',
  historyCandles: 1500,
  forecastCandles: 1184,
  maxHoldSteps: 192,
};

/** Packages declare their pipelines, and may bring a normalization of observations and a proof. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const packages = () => db.schema.alterTable('model_packages');
  await packages().addColumn('vec_normalize_rel_path', 'text').execute();
  await packages()
    .addColumn('warnings', 'text', (column) => column.notNull().defaultTo('[]'))
    .execute();
  await packages().addColumn('proof', 'text').execute();
  // PostgreSQL was not supported before, so there are no rows yet.
  if (!isPostgres(db)) await completeStoredManifests(db);
  for (const table of ['paper_accounts', 'replays']) {
    await db.schema
      .alterTable(table)
      .addColumn('pipeline', 'text', (column) =>
        column.notNull().defaultTo(sql.lit(JSON.stringify(ACCOUNT_DEFAULTS))),
      )
      .execute();
  }
  await rebuildMismatches(db, true);
}

async function completeStoredManifests(db: Kysely<unknown>): Promise<void> {
  // A manifest may have had these fields before they meant anything; the package computed with the defaults all the same.
  const defaults = JSON.stringify(MANIFEST_DEFAULTS);
  await sql`update model_packages set manifest = json_set(json_patch(manifest, ${defaults}), '$.vec_normalize', null)`.execute(
    db,
  );
  await sql`update replays set results = json_set(results, '$.quality.decisionMs', 900000) where results is not null`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await rebuildMismatches(db, false);
  for (const table of ['paper_accounts', 'replays']) {
    await db.schema.alterTable(table).dropColumn('pipeline').execute();
  }
  for (const column of ['vec_normalize_rel_path', 'warnings', 'proof']) {
    await db.schema.alterTable('model_packages').dropColumn(column).execute();
  }
}

/** SQLite cannot change a primary key, so the rows move to another table. */
async function rebuildMismatches(db: Kysely<unknown>, withTimeframe: boolean): Promise<void> {
  const table = db.schema
    .createTable('candle_mismatches_moved')
    .addColumn('symbol', 'text', (column) => column.notNull());
  const key = ['symbol', ...(withTimeframe ? ['timeframe'] : []), 'open_time'] as never[];
  await (withTimeframe ? table.addColumn('timeframe', 'text', (column) => column.notNull()) : table)
    .addColumn('open_time', 'integer', (column) => column.notNull())
    .addColumn('problem', 'text', (column) => column.notNull())
    .addColumn('found_at', 'integer', (column) => column.notNull())
    .addColumn('asked_at', 'integer', (column) => column.notNull())
    .addColumn('asks', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint(withTimeframe ? 'candle_mismatches_key' : 'candle_mismatches_pk', key)
    .execute();
  const columns = sql`open_time, problem, found_at, asked_at, asks`;
  const rows = withTimeframe
    ? sql`select symbol, '15m', ${columns} from candle_mismatches`
    : sql`select symbol, ${columns} from candle_mismatches where timeframe = '15m'`;
  await sql`insert into candle_mismatches_moved ${rows}`.execute(db);
  await db.schema.dropTable('candle_mismatches').execute();
  await db.schema.alterTable('candle_mismatches_moved').renameTo('candle_mismatches').execute();
}
