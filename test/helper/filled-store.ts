import { cp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { createAccountRepository } from '../../src/accounts/account-repository.ts';
import type { Database } from '../../src/db/connection.ts';
import { openDatabase } from '../../src/db/open-database.ts';
import { type ColumnKind, readSchema, type TableSchema } from '../../src/db/schema.ts';
import { type SqliteConnection, SqliteDatabase } from '../../src/db/sqlite/sqlite-library.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { TABLE_RULES } from '../../src/tools/move-store/table-rules.ts';
import { START } from './paper.ts';
import { type PolledCandle, randomCompleteRun, tradeLive } from './random-run.ts';

/** Two packages, three open lots, a replay and 3,190 candles, written by a version before pipelines. */
const OLD_STORE = new URL('../fixtures/stores/before_pipelines.sqlite.gz', import.meta.url);

const text = fc.string({ unit: 'binary', maxLength: 20 }).map((any) => any.replaceAll('\0', ''));
const VALUES: Readonly<Record<ColumnKind, fc.Arbitrary<number | string | Uint8Array>>> = {
  integer: fc.maxSafeInteger(),
  real: fc.oneof(
    fc.double({ noNaN: true }),
    fc.constantFrom(-0, 5e-324, -2.2250738585072014e-308, 2 ** 53 + 2),
  ),
  text: fc.oneof(text, fc.constantFrom('', '🙂 漢', '\'"\\{},\n', 'null', '\u{10FFFF}')),
  bytes: fc.uint8Array({ maxLength: 40 }),
};

/** Writes a store that a service can open. */
export async function writeOldStore(file: string): Promise<void> {
  await writeFile(file, gunzipSync(await readFile(OLD_STORE)));
}

/** The same with the files of its package `beta` in a folder of packages. */
export async function writeOldStoreWithFiles(file: string, packages: string): Promise<void> {
  await writeOldStore(file);
  await cp(join(PROJECT_ROOT, 'test', 'fixtures', 'packages', 'beta'), join(packages, 'beta'), {
    recursive: true,
  });
  const store = new SqliteDatabase(file);
  for (const column of ['forecast_rel_path', 'ppo_rel_path', 'scaler_rel_path']) {
    store
      .prepare(`update model_packages set ${column} = ? || ${column} where id = 'beta'`)
      .run(`${relative(PROJECT_ROOT, dirname(packages))}/`);
  }
  store.close();
}

/** What a store holds besides the one of the fixture. */
export interface RandomContent {
  /** A live account that traded. */
  readonly run: {
    readonly start: Parameters<typeof tradeLive>[0];
    readonly candles: readonly PolledCandle[];
  };
  /** Values for rows of every table. */
  readonly seed: number;
}

export const randomContent: fc.Arbitrary<RandomContent> = fc.record({
  run: randomCompleteRun,
  seed: fc.nat(),
});

/** Writes a store with rows in every table that a move copies, most of them of random values. */
export async function writeFilledStore(file: string, { run, seed }: RandomContent): Promise<void> {
  await writeOldStore(file);
  const database = await openDatabase({ kind: 'sqlite', file });
  await addLivedAccount(database, run);
  const schema = await readSchema(database);
  await database.destroy();
  const store = new SqliteDatabase(file);
  store.pragma('foreign_keys = ON');
  for (const [name, { moved }] of Object.entries(TABLE_RULES))
    if (moved) addRows(store, schema.get(name)!, seed);
  store.close();
}

async function addLivedAccount(database: Database, { start, candles }: RandomContent['run']): Promise<void> {
  const accounts = createAccountRepository(database);
  let { stored } = await accounts.create({
    account: start,
    packageId: 'beta',
    symbol: 'BTCUSDT',
    now: START,
  });
  for (const outcome of tradeLive(start, candles)) {
    stored = (await accounts.commit(stored, outcome, START + 1)) ?? stored;
  }
}

/** Rows must refer to accounts, aliases to packages, and ledgers must add up; everything else may be anything. */
function addRows(store: SqliteConnection, table: TableSchema, seed: number): void {
  const nullable = new Set(
    store
      .prepare('select name from pragma_table_info(?) where "notnull" = 0 and pk = 0')
      .pluck()
      .all(table.name),
  );
  const accounts = store.prepare('select id from paper_accounts order by id').pluck().all() as string[];
  const anyPackage = store.prepare('select min(id) from model_packages').pluck().get() as string | null;
  const values = [...table.columns].map(([column, kind]) => {
    const any = column === 'account_id' ? fc.constantFrom(...accounts) : VALUES[kind!];
    return [column, nullable.has(column) ? fc.option(any) : any] as const;
  });
  const names = [...table.columns.keys()];
  const insert = store.prepare(
    `insert or ignore into "${table.name}" (${names.map((name) => `"${name}"`).join(', ')})
     values (${names.map((name) => `@${name}`).join(', ')})`,
  );
  for (const row of fc.sample(fc.record(Object.fromEntries(values)), { numRuns: 8, seed })) {
    if (table.name === 'paper_ledger') row.amount = 0;
    if (table.name === 'package_aliases') row.package_id = anyPackage!;
    if (table.name === 'paper_accounts') row.wallet = row.initial_balance!;
    insert.run(row);
  }
}

/** Every row of every table as text, with its types; reals as their bits. */
export function contentOf(file: string): ReadonlyMap<string, readonly string[]> {
  const store = new SqliteDatabase(file, { readonly: true });
  store.defaultSafeIntegers(true);
  const names = store
    .prepare("select name from sqlite_master where type = 'table' and name not like 'kysely%' order by name")
    .pluck()
    .all() as string[];
  const content = names.map((name) => {
    const rows = store.prepare(`select * from "${name}"`).all() as Record<string, unknown>[];
    return [name, rows.map(rowText).sort()] as const;
  });
  store.close();
  return new Map(content);
}

function rowText(row: Record<string, unknown>): string {
  const values = Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));
  return values.map(([column, value]) => `${column}=${valueText(value)}`).join(' ');
}

function valueText(value: unknown): string {
  if (typeof value === 'number')
    return `real ${Buffer.from(new Float64Array([value]).buffer).toString('hex')}`;
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  return `${typeof value} ${typeof value === 'string' ? JSON.stringify(value) : value}`;
}
