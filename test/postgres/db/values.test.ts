import { expect, test } from 'vitest';
import { openTestDatabase } from '../../helper/test-database.ts';

test('numbers, text and bytes come back as they were stored', async () => {
  const database = await openTestDatabase();
  const row = {
    ...{ symbol: 'ÄÖ 漢 🙂', timeframe: '15m', open_time: Number.MAX_SAFE_INTEGER },
    ...{ open: 0.1 + 0.2, high: Number.MAX_VALUE, low: Number.MIN_VALUE, close: -1.5, volume: 1e-8 },
    filled: 0 as const,
  };
  await database.insertInto('candles').values(row).execute();
  expect(await database.selectFrom('candles').selectAll().execute()).toEqual([row]);

  const quantiles = Buffer.from([0, 255, 128, 92, 39]);
  const forecast = { package_id: 'p', package_version: 'v', symbol: 's', as_of: 1, quantiles };
  await database
    .insertInto('forecasts')
    .values({ ...forecast, origin: 'live', stored_at: 1 })
    .execute();
  const stored = await database.selectFrom('forecasts').select('quantiles').executeTakeFirstOrThrow();
  expect(Buffer.from(stored.quantiles)).toEqual(quantiles);
});

test('text with a NUL is no error: it is stored with a replacement, and finds nothing else', async () => {
  const database = await openTestDatabase();
  const insert = (key: string) => database.insertInto('store_facts').values({ key, value: 'x' }).execute();
  await insert('a');
  await insert('b\0c');
  const keys = database.selectFrom('store_facts').select('key');
  expect(await keys.where('key', '=', 'a\0').execute()).toEqual([]);
  expect(await keys.where('key', '=', 'b\0c').execute()).toEqual([{ key: 'b\uFFFDc' }]);
});

test('text is ordered byte by byte, as in SQLite', async () => {
  const database = await openTestDatabase();
  const keys = ['b', 'a', 'B', 'ä', '_', 'a-b', 'a_b', 'ab', '1'];
  for (const key of keys) await database.insertInto('store_facts').values({ key, value: '' }).execute();
  const rows = await database.selectFrom('store_facts').select('key').orderBy('key').execute();
  expect(rows.map(({ key }) => key)).toEqual(keys.sort());
});
