import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('paper_accounts')
    .addColumn('id', 'text', (column) => column.primaryKey())
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
    .createTable('paper_epochs')
    .addColumn('account_id', 'text', (column) => column.notNull().references('paper_accounts.id'))
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .addColumn('initial_balance', 'real', (column) => column.notNull())
    .addColumn('started_at', 'integer', (column) => column.notNull())
    .addColumn('ended_at', 'integer')
    .addColumn('hidden', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('paper_epochs_pk', ['account_id', 'epoch'])
    .execute();
  await db.schema
    .createTable('paper_lots')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('account_id', 'text', (column) => column.notNull().references('paper_accounts.id'))
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
    .createIndex('paper_lots_by_status')
    .on('paper_lots')
    .columns(['account_id', 'status', 'closed_at', 'id'])
    .execute();
  await db.schema.createIndex('paper_lots_by_key').on('paper_lots').columns(['account_id', 'key']).execute();
  await db.schema
    .createTable('paper_ledger')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('account_id', 'text', (column) => column.notNull().references('paper_accounts.id'))
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .addColumn('sequence', 'integer', (column) => column.notNull())
    .addColumn('time', 'integer', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('amount', 'real', (column) => column.notNull())
    .addColumn('lot_id', 'text')
    .addColumn('wallet_after', 'real', (column) => column.notNull())
    .addUniqueConstraint('paper_ledger_order', ['account_id', 'epoch', 'sequence'])
    .execute();
  await db.schema
    .createTable('paper_decisions')
    .addColumn('account_id', 'text', (column) => column.notNull().references('paper_accounts.id'))
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
    .addPrimaryKeyConstraint('paper_decisions_pk', ['account_id', 'as_of'])
    .execute();
  await db.schema
    .createTable('paper_equity')
    .addColumn('account_id', 'text', (column) => column.notNull().references('paper_accounts.id'))
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .addColumn('time', 'integer', (column) => column.notNull())
    .addColumn('wallet', 'real', (column) => column.notNull())
    .addColumn('equity', 'real', (column) => column.notNull())
    .addColumn('open_lots', 'integer', (column) => column.notNull())
    .addColumn('open_side', 'text')
    .addPrimaryKeyConstraint('paper_equity_pk', ['account_id', 'epoch', 'time'])
    .execute();
  await db.schema
    .createTable('forecasts')
    .addColumn('package_id', 'text', (column) => column.notNull())
    .addColumn('package_version', 'text', (column) => column.notNull())
    .addColumn('symbol', 'text', (column) => column.notNull())
    .addColumn('as_of', 'integer', (column) => column.notNull())
    .addColumn('quantiles', 'blob', (column) => column.notNull())
    .addPrimaryKeyConstraint('forecasts_pk', ['package_id', 'package_version', 'symbol', 'as_of'])
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('forecasts').execute();
  await db.schema.dropTable('paper_equity').execute();
  await db.schema.dropTable('paper_decisions').execute();
  await db.schema.dropTable('paper_ledger').execute();
  await db.schema.dropTable('paper_lots').execute();
  await db.schema.dropTable('paper_epochs').execute();
  await db.schema.dropTable('paper_accounts').execute();
}
