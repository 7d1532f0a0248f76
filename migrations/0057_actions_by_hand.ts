import type { Kysely } from 'kysely';

/**
 * Lots that are closed in parts, stops that are moved by hand, reasons that people give, and when the status of an account
 * last changed, unknown for changes before this.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('paper_lots').addColumn('part_of', 'text').execute();
  await db.schema.alterTable('paper_lots').addColumn('first_stop', 'real').execute();
  await db.schema.alterTable('paper_ledger').addColumn('reason', 'text').execute();
  await db.schema.alterTable('paper_ledger').addColumn('detail', 'text').execute();
  await db.schema.alterTable('paper_accounts').addColumn('status_at', 'integer').execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('paper_accounts').dropColumn('status_at').execute();
  await db.schema.alterTable('paper_ledger').dropColumn('detail').execute();
  await db.schema.alterTable('paper_ledger').dropColumn('reason').execute();
  await db.schema.alterTable('paper_lots').dropColumn('first_stop').execute();
  await db.schema.alterTable('paper_lots').dropColumn('part_of').execute();
}
