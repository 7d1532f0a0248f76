import { type Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { down, up } from '../../../../migrations/0032_candles_in_order.ts';
import type { Database } from '../../../../src/db/connection.ts';
import { createMarketRepository } from '../../../../src/market/store/market-repository.ts';
import { CANDLE, walk } from '../../../helper/market.ts';
import { openTestDatabase } from '../../../helper/test-database.ts';

const START = Date.UTC(2025, 10, 10);

const schemaOf = (database: Database) => database as unknown as Kysely<unknown>;

/** A store as it was before the migration, with candles that came in another order. */
async function oldStore(): Promise<Database> {
  const database = await openTestDatabase();
  await down(schemaOf(database));
  const { candles } = createMarketRepository(database);
  const { candles: list } = walk({ start: START, count: 6_000 });
  await candles.store('ETHUSDT', '15m', list.slice(3_000));
  await candles.store('BTCUSDT', '15m', list.slice(0, 10));
  await candles.store('ETHUSDT', '15m', list.slice(0, 2_900).toReversed());
  await candles.storeFilled('ETHUSDT', '15m', list.slice(2_900, 3_000));
  return database;
}

const all = (database: Database) =>
  createMarketRepository(database).candles.range('ETHUSDT', '15m', START, START + 6_000 * CANDLE);

test('the migration and its reversal leave candles unchanged', async () => {
  const database = await oldStore();
  const before = await all(database);
  expect(before.filter(({ filled }) => filled)).toHaveLength(100);
  await up(schemaOf(database));
  expect(await all(database)).toEqual(before);
  expect(before).toHaveLength(6_000);
  await down(schemaOf(database));
  expect(await all(database)).toEqual(before);
});

test('they are read in one stretch, without looking any up or sorting them', async () => {
  const database = await openTestDatabase();
  const { rows } = await sql<{ detail: string }>`explain query plan select open from candles
    where symbol = 'ETHUSDT' and timeframe = '15m' order by open_time desc limit 1500`.execute(database);
  expect(rows.map(({ detail }) => detail)).toEqual([
    'SEARCH candles USING PRIMARY KEY (symbol=? AND timeframe=?)',
  ]);
});
