import type { Kysely } from 'kysely';

/** Packages that the service trades itself, and how that goes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('model_packages')
    .addColumn('auto_trade', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  for (const column of ['auto_trade_as_of', 'auto_trade_problem_since'] as const)
    await db.schema.alterTable('model_packages').addColumn(column, 'integer').execute();
  await db.schema.alterTable('model_packages').addColumn('auto_trade_problem', 'text').execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const column of ['auto_trade_problem', 'auto_trade_problem_since', 'auto_trade_as_of', 'auto_trade'])
    await db.schema.alterTable('model_packages').dropColumn(column).execute();
}
