import { type Kysely, sql } from 'kysely';
import { createReplayTables, dropReplayTables } from './0030_replays.ts';

/** Tables of an account's records; each has the same columns as its table for replays. */
const RECORD_TABLES = ['epochs', 'lots', 'ledger', 'decisions', 'equity'] as const;

/** The ids of replays and of their accounts; live accounts have other ids. */
const REPLAY_IDS = sql`(select id from replays)`;

/** Moves the accounts of replays into the tables of live accounts, where the column `run` distinguishes them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('paper_accounts')
    .addColumn('run', 'text', (column) => column.notNull().defaultTo('live'))
    .execute();
  await sql`insert into paper_accounts select *, 'replay' from replay_accounts`.execute(db);
  for (const table of RECORD_TABLES) {
    const [from, to] = [sql.table(`replay_${table}`), sql.table(`paper_${table}`)];
    await sql`insert into ${to} select * from ${from}`.execute(db);
  }
  await dropReplayTables(db);
  await db.schema.createIndex('paper_accounts_by_run').on('paper_accounts').columns(['run', 'id']).execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await createReplayTables(db);
  await db.schema.dropIndex('paper_accounts_by_run').execute();
  await db.schema.alterTable('paper_accounts').dropColumn('run').execute();
  await sql`insert into replay_accounts select * from paper_accounts where id in ${REPLAY_IDS}`.execute(db);
  for (const table of RECORD_TABLES) {
    const [from, to] = [sql.table(`paper_${table}`), sql.table(`replay_${table}`)];
    await sql`insert into ${to} select * from ${from} where account_id in ${REPLAY_IDS}`.execute(db);
    await sql`delete from ${from} where account_id in ${REPLAY_IDS}`.execute(db);
  }
  await sql`delete from paper_accounts where id in ${REPLAY_IDS}`.execute(db);
}
