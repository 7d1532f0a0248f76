import type { Kysely } from 'kysely';

/** In which form the results of a replay are, so that those in an older one are computed again, and where they came from. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('replays').addColumn('results_form', 'integer').execute();
  await db.schema.alterTable('replays').addColumn('origin', 'text').execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('replays').dropColumn('origin').execute();
  await db.schema.alterTable('replays').dropColumn('results_form').execute();
}
