import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kysely, SqliteDialect, type SqliteDatabase as WrappedDatabase } from 'kysely';
import { TIMEFRAME_MS } from '../src/candle.ts';
import { openDatabase } from '../src/db/open-database.ts';
import { createReadRevisions } from '../src/db/revisions.ts';
import { withRowObjects } from '../src/db/sqlite/row-objects.ts';
import { type SqliteConnection, SqliteDatabase } from '../src/db/sqlite/sqlite-library.ts';
import { withStatementCache } from '../src/db/sqlite/statement-cache.ts';
import type { Tables } from '../src/db/tables.ts';
import { createMarketRepository } from '../src/market/store/market-repository.ts';
import { alternate, type BenchResult, benchTable } from './measure.ts';

const CANDLES = 10_000;
const SMALL_READS = 200;
const ROUNDS = 30;
/** Candles have seven numbers a row. */
const READS = [
  { what: 'revisions, as every poll reads them', times: SMALL_READS, read: readRevisions },
  { what: '1 candle', times: SMALL_READS, read: readCandles(1) },
  { what: '1,500 candles, a decision window', times: 1, read: readCandles(1500) },
  { what: '10,000 candles', times: 1, read: readCandles(CANDLES) },
];

const BASELINE = 'better-sqlite3 alone';
const STORES: Record<string, (sqlite: SqliteConnection) => WrappedDatabase> = {
  [BASELINE]: (sqlite) => sqlite as WrappedDatabase,
  'statement cache': (sqlite) => withStatementCache(sqlite as WrappedDatabase),
  'statement cache and row objects': (sqlite) => withStatementCache(withRowObjects(sqlite)),
};

/** Reads through Kysely, with and without the layers over better-sqlite3. */
export async function benchRowObjects(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-bench-'));
  const file = join(folder, 'store.sqlite');
  await fillStore(file);
  const stores = Object.entries(STORES).map(([name, wrap]) => ({ name, store: openStore(file, wrap) }));
  try {
    const results: BenchResult[] = [];
    for (const { what, times, read } of READS) {
      const works = stores.map(({ name, store }) => [name, () => repeat(times, () => read(store))] as const);
      const ms = await alternate(ROUNDS, Object.fromEntries(works));
      const baseline = { what: BASELINE, figure: ms[BASELINE]! / times };
      for (const [name, figure] of Object.entries(ms)) {
        if (name !== BASELINE) results.push({ what: `${what}: ${name}`, figure: figure / times, baseline });
      }
    }
    return results;
  } finally {
    for (const { store } of stores) await store.destroy();
    await rm(folder, { recursive: true, force: true });
  }
}

function readRevisions(store: Kysely<Tables>): Promise<string> {
  return createReadRevisions(store)('account:paper_ppo_v1', 'market:BTCUSDT', 'packages');
}

function readCandles(count: number) {
  return (store: Kysely<Tables>) => createMarketRepository(store).candles.newest('BTCUSDT', '15m', count);
}

async function repeat(times: number, work: () => Promise<unknown>): Promise<void> {
  for (let run = 0; run < times; run++) await work();
}

async function fillStore(file: string): Promise<void> {
  const store = await openDatabase({ kind: 'sqlite', file: file });
  const candles = Array.from({ length: CANDLES }, (_, index) => {
    const open = 90_000.1 + index / 8;
    return {
      ...{ openTime: index * TIMEFRAME_MS['15m'], open, high: open + 20, low: open - 20 },
      ...{ close: open + 0.125, volume: 12.345 },
    };
  });
  await createMarketRepository(store).candles.store('BTCUSDT', '15m', candles);
  await store.destroy();
}

function openStore(file: string, wrap: (sqlite: SqliteConnection) => WrappedDatabase): Kysely<Tables> {
  return new Kysely({ dialect: new SqliteDialect({ database: wrap(new SqliteDatabase(file)) }) });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchTable(await benchRowObjects()));
