import { type Kysely, sql } from 'kysely';

/** Tables of replays with the same columns as those of live accounts; dropped in this order. */
const REPLAY_TABLES = ['equity', 'decisions', 'ledger', 'lots', 'epochs', 'accounts'] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('replays')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('package_id', 'text', (column) => column.notNull())
    .addColumn('package_version', 'text', (column) => column.notNull())
    .addColumn('symbol', 'text', (column) => column.notNull())
    .addColumn('market_source', 'text', (column) => column.notNull())
    .addColumn('label', 'text')
    .addColumn('from_time', 'integer', (column) => column.notNull())
    .addColumn('to_time', 'integer', (column) => column.notNull())
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('initial_balance', 'real', (column) => column.notNull())
    .addColumn('decided', 'text')
    .addColumn('decided_count', 'integer')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('phase', 'text')
    .addColumn('done', 'integer', (column) => column.notNull())
    .addColumn('incomplete', 'integer', (column) => column.notNull())
    .addColumn('forecasts_computed', 'integer', (column) => column.notNull())
    .addColumn('forecasts_known', 'integer', (column) => column.notNull())
    .addColumn('results', 'text')
    .addColumn('error_code', 'text')
    .addColumn('error_detail', 'text')
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('started_at', 'integer')
    .addColumn('finished_at', 'integer')
    .execute();
  await db.schema
    .createIndex('replays_by_package')
    .on('replays')
    .columns(['package_id', 'created_at', 'id'])
    .execute();
  await createReplayTables(db);
  await db.schema
    .alterTable('forecasts')
    .addColumn('origin', 'text', (column) => column.notNull().defaultTo('live'))
    .execute();
  await db.schema
    .alterTable('forecasts')
    .addColumn('stored_at', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await sql`update forecasts set stored_at = as_of`.execute(db);
  await db.schema.createIndex('forecasts_by_age').on('forecasts').columns(['origin', 'stored_at']).execute();
}

export async function createReplayTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('replay_accounts')
    .addColumn('id', 'text', (column) => column.primaryKey().references('replays.id'))
    .addColumn('package_id', 'text')
    .addColumn('symbol', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('initial_balance', 'real', (column) => column.notNull())
    .addColumn('wallet', 'real', (column) => column.notNull())
    .addColumn('line_count', 'integer', (column) => column.notNull())
    .addColumn('next_candle', 'integer', (column) => column.notNull())
    .addColumn('last_as_of', 'integer')
    .addColumn('last_decided', 'integer')
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('updated_at', 'integer', (column) => column.notNull())
    .addColumn('reset_at', 'integer')
    .execute();
  await db.schema
    .createTable('replay_epochs')
    .addColumn('account_id', 'text', (column) => column.notNull().references('replay_accounts.id'))
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .addColumn('initial_balance', 'real', (column) => column.notNull())
    .addColumn('started_at', 'integer', (column) => column.notNull())
    .addColumn('ended_at', 'integer')
    .addColumn('hidden', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('replay_epochs_pk', ['account_id', 'epoch'])
    .execute();
  await db.schema
    .createTable('replay_lots')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('account_id', 'text', (column) => column.notNull().references('replay_accounts.id'))
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .addColumn('sequence', 'integer', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('origin', 'text', (column) => column.notNull())
    .addColumn('side', 'text', (column) => column.notNull())
    .addColumn('entry_price', 'real', (column) => column.notNull())
    .addColumn('quantity', 'real', (column) => column.notNull())
    .addColumn('notional', 'real', (column) => column.notNull())
    .addColumn('margin', 'real', (column) => column.notNull())
    .addColumn('leverage', 'real', (column) => column.notNull())
    .addColumn('stop_loss', 'real', (column) => column.notNull())
    .addColumn('take_profit', 'real', (column) => column.notNull())
    .addColumn('opened_at', 'integer', (column) => column.notNull())
    .addColumn('steps', 'real', (column) => column.notNull())
    .addColumn('hold_clock', 'text', (column) => column.notNull())
    .addColumn('max_steps', 'real', (column) => column.notNull())
    .addColumn('entry_fee', 'real', (column) => column.notNull())
    .addColumn('funding', 'real', (column) => column.notNull())
    .addColumn('exit_price', 'real')
    .addColumn('closed_at', 'integer')
    .addColumn('close_reason', 'text')
    .addColumn('gross_pnl', 'real')
    .addColumn('exit_fee', 'real')
    .addColumn('net_pnl', 'real')
    .execute();
  await db.schema
    .createIndex('replay_lots_by_status')
    .on('replay_lots')
    .columns(['account_id', 'status', 'closed_at', 'id'])
    .execute();
  await db.schema
    .createTable('replay_ledger')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('account_id', 'text', (column) => column.notNull().references('replay_accounts.id'))
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .addColumn('sequence', 'integer', (column) => column.notNull())
    .addColumn('time', 'integer', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('amount', 'real', (column) => column.notNull())
    .addColumn('lot_id', 'text')
    .addColumn('wallet_after', 'real', (column) => column.notNull())
    .addUniqueConstraint('replay_ledger_order', ['account_id', 'epoch', 'sequence'])
    .execute();
  await db.schema
    .createTable('replay_decisions')
    .addColumn('account_id', 'text', (column) => column.notNull().references('replay_accounts.id'))
    .addColumn('as_of', 'integer', (column) => column.notNull())
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .addColumn('decided', 'integer', (column) => column.notNull())
    .addColumn('source', 'text')
    .addColumn('signal', 'text')
    .addColumn('confidence', 'real')
    .addColumn('sentiment', 'text')
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('sentences', 'text', (column) => column.notNull())
    .addColumn('order', 'text')
    .addColumn('lot_id', 'text')
    .addColumn('evidence', 'text')
    .addColumn('stored_at', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('replay_decisions_pk', ['account_id', 'as_of'])
    .execute();
  await db.schema
    .createTable('replay_equity')
    .addColumn('account_id', 'text', (column) => column.notNull().references('replay_accounts.id'))
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .addColumn('time', 'integer', (column) => column.notNull())
    .addColumn('wallet', 'real', (column) => column.notNull())
    .addColumn('equity', 'real', (column) => column.notNull())
    .addColumn('open_lots', 'integer', (column) => column.notNull())
    .addColumn('open_side', 'text')
    .addPrimaryKeyConstraint('replay_equity_pk', ['account_id', 'epoch', 'time'])
    .execute();
}

export async function dropReplayTables(db: Kysely<unknown>): Promise<void> {
  for (const table of REPLAY_TABLES) await db.schema.dropTable(`replay_${table}`).execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex('forecasts_by_age').execute();
  await db.schema.alterTable('forecasts').dropColumn('stored_at').execute();
  await db.schema.alterTable('forecasts').dropColumn('origin').execute();
  await dropReplayTables(db);
  await db.schema.dropTable('replays').execute();
}
