import { type Kysely, sql } from 'kysely';

/** Later than any time of a lot. */
const NEVER = 9e15;

/**
 * Lots know their position: the sequence of the first of the lots from flat to flat. A lot that opens at or after the close
 * of every earlier lot of its epoch begins one. Lists of lots and of positions get the indexes that they are sorted by.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('paper_lots')
    .addColumn('position', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  const earlier = sql`partition by account_id, epoch order by opened_at, sequence rows between unbounded preceding`;
  await sql`
    with ordered as (
      select id, account_id, epoch, sequence, opened_at,
        max(coalesce(closed_at, ${sql.lit(NEVER)})) over (${earlier} and 1 preceding) as open_until
      from paper_lots
    ), grouped as (
      select id, max(case when open_until is null or opened_at >= open_until then sequence end)
        over (${earlier} and current row) as first
      from ordered
    )
    update paper_lots set position = grouped.first from grouped where grouped.id = paper_lots.id`.execute(db);
  await db.schema
    .createIndex('paper_lots_by_position')
    .on('paper_lots')
    .columns(['account_id', 'epoch', 'position'])
    .execute();
  await db.schema
    .createIndex('paper_lots_by_result')
    .on('paper_lots')
    .columns(['account_id', 'status', 'net_pnl', 'id'])
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex('paper_lots_by_result').execute();
  await db.schema.dropIndex('paper_lots_by_position').execute();
  await db.schema.alterTable('paper_lots').dropColumn('position').execute();
}
