import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('model_packages')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('forecast_rel_path', 'text', (column) => column.notNull())
    .addColumn('ppo_rel_path', 'text', (column) => column.notNull())
    .addColumn('scaler_rel_path', 'text')
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('warmup_required', 'integer', (column) => column.notNull())
    .addColumn('warmup_status', 'text', (column) => column.notNull())
    .addColumn('warmup_completed_at', 'integer')
    .addColumn('warmup_error', 'text')
    .addColumn('notes', 'text')
    .addColumn('manifest', 'text', (column) => column.notNull())
    .addColumn('files', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('store_facts')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('store_facts').execute();
  await db.schema.dropTable('model_packages').execute();
}
