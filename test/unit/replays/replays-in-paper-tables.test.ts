import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely, type Migration, SqliteDialect } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { down, up } from '../../../migrations/0042_replays_in_paper_tables.ts';
import { migrateSqlite } from '../../../src/db/sqlite/migrate-sqlite.ts';
import { type SqliteConnection, SqliteDatabase } from '../../../src/db/sqlite/sqlite-library.ts';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';

type Row = Record<string, unknown>;

const TABLES = ['accounts', 'epochs', 'lots', 'ledger', 'decisions', 'equity'] as const;
const RUNS = { paper: ['paper_alpha', 'paper_beta'], replay: ['replay_1', 'replay_2', 'replay_3'] } as const;
const ROWS_PER_ACCOUNT = 60;

/** A store with the migrations before this one. */
async function oldStore() {
  const store = new SqliteDatabase(':memory:');
  store.pragma('foreign_keys = ON');
  const database = new Kysely<unknown>({ dialect: new SqliteDialect({ database: store }) });
  onTestFinished(() => database.destroy());
  const folder = join(PROJECT_ROOT, 'migrations');
  const names = (await readdir(folder))
    .filter((file) => file < '0042')
    .map((file) => file.replace('.ts', ''));
  const migrations = await Promise.all(
    names.map(
      async (name): Promise<[string, Migration]> => [name, await import(`../../../migrations/${name}.ts`)],
    ),
  );
  await migrateSqlite(store, database, { getMigrations: async () => Object.fromEntries(migrations) });
  return { store, database };
}

type Store = SqliteConnection;

/** Inserts a row: `values`, and for all other columns a value that differs from row to row, now and then null. */
function insert(store: Store, table: string, number: number, values: Row): void {
  const columns = store.pragma(`table_info(${table})`) as { name: string; type: string; notnull: number }[];
  const row: Row = {};
  for (const [index, { name, type, notnull }] of columns.entries()) {
    const isNull = notnull === 0 && (number + index) % 3 === 0;
    row[name] = type === 'text' ? `${name} ${number}` : number + index + (type === 'real' ? 1 / 3 : 0);
    if (isNull) row[name] = null;
  }
  const full = { ...row, ...values };
  const names = Object.keys(full);
  store
    .prepare(
      `insert into ${table} (${names.map((name) => `"${name}"`)}) values (${names.map((name) => `@${name}`)})`,
    )
    .run(full);
}

function fill(store: Store): void {
  for (const id of RUNS.replay) insert(store, 'replays', 1, { id });
  for (const [run, ids] of Object.entries(RUNS)) {
    for (const id of ids) {
      insert(store, `${run}_accounts`, id.length, { id });
      insert(store, `${run}_epochs`, 1, { account_id: id });
      for (let number = 0; number < ROWS_PER_ACCOUNT; number++) {
        const own = { id: `${id}.${number}`, account_id: id };
        insert(store, `${run}_lots`, number, own);
        insert(store, `${run}_ledger`, number, own);
        insert(store, `${run}_decisions`, number, { account_id: id });
        insert(store, `${run}_equity`, number, { account_id: id });
      }
    }
  }
}

function rowsOf(store: Store, table: string, ids?: readonly string[]): string[] {
  const key = table.endsWith('accounts') ? 'id' : 'account_id';
  const rows = store.prepare(`select * from ${table}`).all() as Row[];
  return rows
    .filter((row) => ids === undefined || ids.includes(row[key] as string))
    .map((row) => JSON.stringify(row))
    .sort();
}

/** All rows of all tables of accounts, with the columns and indexes of these tables. */
function contentOf(store: Store) {
  const tables = TABLES.flatMap((table) => [`paper_${table}`, `replay_${table}`]);
  return tables.map((table) => ({
    table,
    columns: store.pragma(`table_info(${table})`),
    indexes: (store.pragma(`index_list(${table})`) as { name: string }[]).map(({ name }) => name).sort(),
    references: store.pragma(`foreign_key_list(${table})`),
    rows: rowsOf(store, table),
  }));
}

test('a store of the version before keeps every row, there and back', async () => {
  const { store, database } = await oldStore();
  fill(store);
  const before = contentOf(store);

  await up(database);
  for (const { table, rows } of before) {
    const name = table.replace('replay_', 'paper_');
    const run = table.startsWith('replay_') ? 'replay' : 'live';
    const ids = run === 'replay' ? RUNS.replay : RUNS.paper;
    const moved = rows.map((row) =>
      name === 'paper_accounts' ? JSON.stringify({ ...JSON.parse(row), run }) : row,
    );
    expect(rows.length).toBeGreaterThanOrEqual(ids.length);
    expect(rowsOf(store, name, ids)).toEqual(moved);
  }
  const left = store.prepare("select name from sqlite_master where name like 'replay\\_%' escape '\\'").all();
  expect(left).toEqual([]);
  expect(store.pragma('foreign_key_check')).toEqual([]);

  await down(database);
  expect(contentOf(store)).toEqual(before);
  expect(store.pragma('foreign_key_check')).toEqual([]);
});

test('live accounts are listed by an index, without the accounts of replays', async () => {
  const { store, database } = await oldStore();
  await up(database);
  const plan = (query: string) =>
    (store.prepare(`explain query plan ${query}`).all() as { detail: string }[]).map(({ detail }) => detail);
  expect(plan(`select * from paper_accounts where run = 'live' order by id`)).toEqual([
    'SEARCH paper_accounts USING INDEX paper_accounts_by_run (run=?)',
  ]);
  const lots = `select * from paper_lots where status = 'OPEN' and account_id in
    (select id from paper_accounts where run = 'live') order by sequence`;
  expect(plan(lots).filter((detail) => detail.startsWith('SCAN'))).toEqual([]);
});
