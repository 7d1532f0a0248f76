// promise: docs/security.md "One client cannot use up what all share"

import { beforeEach, expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS, TIMEFRAME_MS, type Timeframe } from '../../../src/candle.ts';
import type { Database } from '../../../src/db/connection.ts';
import { storeBytes } from '../../../src/db/store-size.ts';
import { createBackfillRepository } from '../../../src/market/store/backfill-repository.ts';
import { createBudgetCheck, createCandleRemoval } from '../../../src/market/store/candle-retention.ts';
import { createMarketRepository } from '../../../src/market/store/market-repository.ts';
import { createUnusedCandleRepository } from '../../../src/market/store/unused-candle-repository.ts';
import { SYSTEM_TIMERS } from '../../../src/runtime/timers.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

const NOW = Date.UTC(2026, 10, 30);

let database: Database;
let now: number;
let lines: string[];
beforeEach(async () => {
  database = await openTestDatabase();
  now = NOW;
  lines = [];
});

const log = {
  info: (_data: object, message: string) => void lines.push(message),
  warn: (_data: object, message: string) => void lines.push(message),
  error: (_data: object, message: string) => void lines.push(message),
};

/** Stores the newest candles before NOW. */
async function store(symbol: string, timeframe: Timeframe, count: number): Promise<void> {
  const length = TIMEFRAME_MS[timeframe];
  const candles = Array.from({ length: count }, (_, index) => ({
    ...{ openTime: NOW - (count - index) * length, open: 1, high: 1, low: 1, close: 1, volume: 1 },
  }));
  await createMarketRepository(database).candles.store(symbol, timeframe, candles);
}

async function countOf(symbol: string, timeframe: Timeframe): Promise<number> {
  return (await createMarketRepository(database).candles.openTimes(symbol, timeframe, 0, NOW)).length;
}

function openRemoval(isStopped = () => false) {
  return createCandleRemoval(
    {
      ...{ log, timers: SYSTEM_TIMERS, leases: { want: () => async () => {} }, now: () => now },
      candles: createUnusedCandleRepository(database),
      revision: createMarketRepository(database).revision,
      ...{ storeBytes: async () => 0, budgetBytes: 0, pause: async () => {} },
    },
    isStopped,
  );
}

async function addPackage(symbol: string): Promise<void> {
  const paths = { forecast_rel_path: 'a', ppo_rel_path: 'b', scaler_rel_path: null };
  const warmUp = { warmup_required: 1, warmup_status: 'PENDING', warmup_completed_at: null } as const;
  await database
    .insertInto('model_packages')
    .values({
      ...{ id: symbol.toLowerCase(), name: symbol, status: 'UPLOADED', created_at: NOW, notes: null },
      ...{ ...paths, ...warmUp, warmup_error: null, manifest: JSON.stringify({ symbol }), files: '[]' },
    })
    .execute();
}

test('candles that nothing needs are removed: old ones, and all once no client asks for new ones', async () => {
  await store('ETHUSDT', '15m', 7000);
  await store('ETHUSDT', '1h', 10);
  const remove = openRemoval();
  await remove();
  // A client may still be reading them.
  expect(await countOf('ETHUSDT', '15m')).toBe(7000);
  await remove();
  expect(await countOf('ETHUSDT', '15m')).toBe(1500);
  expect(await countOf('ETHUSDT', '1h')).toBe(10);
  expect(lines).toEqual(['removed candles that nothing needs']);

  now += 2 * DAY_MS;
  await remove();
  await remove();
  expect(await countOf('ETHUSDT', '15m')).toBe(0);
  expect(await countOf('ETHUSDT', '1h')).toBe(0);
});

test('symbols that change in between are left alone', async () => {
  await store('ETHUSDT', '1m', 1600);
  const remove = openRemoval();
  for (let pass = 0; pass < 3; pass++) {
    await remove();
    await store('ETHUSDT', '1m', 1);
  }
  expect(await countOf('ETHUSDT', '1m')).toBe(1600);
});

test('what packages, accounts, replays and people need stays', async () => {
  await addPackage('BTCUSDT');
  await createBackfillRepository(database).request(
    { symbol: 'SOLUSDT', timeframe: '1m', from: 0, to: MINUTE_MS },
    NOW,
  );
  const candles = createUnusedCandleRepository(database);
  await candles.keep('XRPUSDT');
  await candles.keep('XRPUSDT');
  for (const symbol of ['BTCUSDT', 'SOLUSDT', 'XRPUSDT', 'ADAUSDT']) await store(symbol, '15m', 1600);
  expect(await candles.unused()).toEqual(['ADAUSDT']);
  now += 2 * DAY_MS;
  const remove = openRemoval();
  for (let pass = 0; pass < 3; pass++) await remove();
  for (const symbol of ['BTCUSDT', 'SOLUSDT', 'XRPUSDT']) expect(await countOf(symbol, '15m')).toBe(1600);
  expect(await countOf('ADAUSDT', '15m')).toBe(0);
});

test('a symbol that is needed by now is not touched', async () => {
  await store('ETHUSDT', '15m', 1600);
  await addPackage('ETHUSDT');
  expect(await createUnusedCandleRepository(database).removeSome('ETHUSDT', 0)).toBe(false);
  expect(await countOf('ETHUSDT', '15m')).toBe(1600);
});

test('a store beyond its budget is a warning, once', async () => {
  const empty = await storeBytes(database);
  expect(empty).toBeGreaterThan(4096);
  await store('ETHUSDT', '1m', 5000);
  expect(await storeBytes(database)).toBeGreaterThan(empty);
  let bytes = 5;
  const check = createBudgetCheck({ storeBytes: async () => bytes, budgetBytes: 2 ** 20, log });
  await check();
  bytes = 3 * 2 ** 20;
  for (let pass = 0; pass < 3; pass++) await check();
  expect(lines).toEqual([expect.stringMatching(/^the store takes 3 MB, more than its budget of 1 MB/)]);
  bytes = 0;
  await check();
  bytes = 3 * 2 ** 20;
  await check();
  expect(lines).toHaveLength(2);
});
