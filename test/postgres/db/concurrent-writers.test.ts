import { expect, test } from 'vitest';
import type { NewAlert } from '../../../src/alerts/alert.ts';
import { createAlertRepository } from '../../../src/alerts/alert-repository.ts';
import { createPollRepository } from '../../../src/alerts/poll-repository.ts';
import { pollAt } from '../../../src/alerts/poll-run.ts';
import { flatCandle } from '../../../src/candle.ts';
import type { Database } from '../../../src/db/connection.ts';
import { createReadRevisions } from '../../../src/db/revisions.ts';
import { createForecastRepository } from '../../../src/decisions/forecast-repository.ts';
import { createMarketRepository } from '../../../src/market/store/market-repository.ts';
import { claimStore } from '../../../src/market/store/store-source-repository.ts';
import { NOT_WARMED_UP } from '../../../src/packages/add-package.ts';
import { firstFreeId } from '../../../src/packages/package-id.ts';
import { createPackageRepository } from '../../../src/packages/package-repository.ts';
import { seedDefaultPackage } from '../../../src/packages/seed-default-package.ts';
import { MODELS_FOLDER } from '../../../src/services/models-folder.ts';
import { openSharedStore } from '../../helper/shared-store.ts';

const NODES = 3;
const START = Date.parse('2026-11-26T00:00:00Z');
const STEP = 180_000;

/** Runs `work` on every node `times` times, all at the same time. */
async function everywhere(
  databases: readonly Database[],
  times: number,
  work: (database: Database, index: number) => Promise<unknown>,
): Promise<void> {
  const runs = Array.from({ length: times * databases.length }, (_, index) =>
    work(databases[index % databases.length]!, index),
  );
  await Promise.all(runs);
}

const seed = (database: Database) =>
  seedDefaultPackage({
    repository: createPackageRepository(database),
    modelsFolder: MODELS_FOLDER,
    now: () => START,
  });

test('alerts that nodes raise at the same time get one sequence each, in order', async () => {
  const { databases } = await openSharedStore(NODES);
  const raised: boolean[] = [];
  await everywhere(databases, 20, async (database, index) => {
    const id = `alert-${Math.floor(index / 2)}`;
    const alert: NewAlert = { id, kind: 'MARKET_STALE', subject: id, text: 'x', details: {} };
    raised.push(await createAlertRepository(database).insert(alert, START, null));
  });
  expect(raised.filter(Boolean)).toHaveLength(30);
  const sequences = (await createAlertRepository(databases[0]!).list(100)).map(({ sequence }) => sequence);
  expect(sequences).toEqual(Array.from({ length: 30 }, (_, index) => 30 - index));
});

test('funding that nodes store at the same time is complete over all their ranges', async () => {
  const { databases } = await openSharedStore(NODES);
  const hour = 3_600_000;
  await everywhere(databases, 10, (database, index) => {
    const from = START + index * hour;
    return createMarketRepository(database).funding.store('BTCUSDT', [{ time: from, rate: index }], {
      // All ranges touch a common moment, so that together they have no hole.
      from: Math.min(from, START + 15 * hour),
      to: Math.max(from, START + 15 * hour),
    });
  });
  const { funding } = createMarketRepository(databases[1]!);
  expect(await funding.coverage('BTCUSDT')).toEqual({ from: START, to: START + 29 * hour });
  expect(await funding.range('BTCUSDT', START, START + 30 * hour)).toHaveLength(30);
});

test('nodes that store candles and settle gaps of one symbol at the same time agree', async () => {
  const { databases } = await openSharedStore(NODES);
  await everywhere(databases, 10, async (database, index) => {
    const repository = createMarketRepository(database);
    // Neighbouring ranges, in both directions, so that gaps are joined and rows are written in any order.
    const first = START + index * 4 * STEP;
    const flat = Array.from({ length: 4 }, (_, at) => flatCandle(first + at * STEP, 100));
    const candles = index % 2 === 0 ? flat : flat.reverse();
    await repository.beginWrite('BTCUSDT')(async (transaction) => {
      await transaction.candles.storeFilled('BTCUSDT', '3m', candles);
      await transaction.gaps.settle('BTCUSDT', '3m', { from: first - STEP, to: first + 4 * STEP }, START);
    });
  });
  const { gaps, candles } = createMarketRepository(databases[2]!);
  const whole = { from: START, to: START + 119 * STEP };
  expect(await gaps.list('BTCUSDT', '3m')).toMatchObject([{ ...whole, candles: 120 }]);
  expect(await candles.openTimes('BTCUSDT', '3m', whole.from, whole.to, 'filled')).toHaveLength(120);

  // Real candles replace them, while others settle.
  await everywhere(databases, 10, (database, index) => {
    const repository = createMarketRepository(database);
    const real = Array.from({ length: 8 }, (_, at) => flatCandle(START + (index * 4 + at) * STEP, 101));
    return repository.beginWrite('BTCUSDT')(async (transaction) => {
      await transaction.candles.store('BTCUSDT', '3m', index % 2 === 0 ? real : real.reverse());
      await transaction.gaps.settle('BTCUSDT', '3m', whole, START);
    });
  });
  expect(await gaps.list('BTCUSDT', '3m')).toEqual([]);
});

test('every change of a topic counts, however many nodes change it', async () => {
  const { databases } = await openSharedStore(NODES);
  await everywhere(databases, 10, (database, index) =>
    createMarketRepository(database).candles.store('BTCUSDT', '3m', [flatCandle(START + index * STEP, 1)]),
  );
  expect(await createReadRevisions(databases[0]!)('market:BTCUSDT')).toBe('30');
});

test('packages with one name that nodes add at the same time get different ids', async () => {
  const { databases } = await openSharedStore(NODES);
  await seed(databases[0]!);
  const [known] = await createPackageRepository(databases[0]!).list();
  const manifest = JSON.stringify(known!.manifest);
  const ids: string[] = [];
  await everywhere(databases, 5, async (database) => {
    const model = await createPackageRepository(database).insert(async (taken) => ({
      id: firstFreeId('alpha', (id) => taken.has(id)),
      ...{ name: 'alpha', forecast_rel_path: 'f.pt', ppo_rel_path: 'p.zip', scaler_rel_path: null },
      ...{ created_at: START, manifest, files: '[]', notes: null, ...NOT_WARMED_UP },
    }));
    ids.push(model.id);
  });
  expect(new Set(ids).size).toBe(15);
});

test('nodes that start at the same time on an empty store add the default package once', async () => {
  const { databases } = await openSharedStore(NODES);
  await everywhere(databases, 1, seed);
  expect(await createPackageRepository(databases[0]!).list()).toHaveLength(1);
});

test('of nodes that claim an empty store for two markets at the same time, those of one market get it', async () => {
  const { databases } = await openSharedStore(NODES);
  const claims = Array.from({ length: 12 }, (_, index) =>
    claimStore(databases[index % NODES]!, {
      exchange: 'binanceusdm',
      kind: index % 2 === 0 ? 'live' : 'recorded',
    }),
  );
  const results = (await Promise.allSettled(claims)).map(({ status }) => status);
  expect(new Set(results.filter((_, index) => index % 2 === 0)).size).toBe(1);
  expect(new Set(results.filter((_, index) => index % 2 === 1)).size).toBe(1);
  expect(results[0]).not.toBe(results[1]);
});

test('a forecast that nodes store at the same time is stored once, whatever the order of their batches', async () => {
  const { databases } = await openSharedStore(NODES);
  const source = { packageId: 'alpha', packageVersion: 'v1', symbol: 'BTCUSDT' };
  await everywhere(databases, 6, async (database, index) => {
    const repository = createForecastRepository(database, () => START);
    const batch = Array.from({ length: 60 }, (_, at) => ({
      asOf: START + at * STEP,
      quantiles: Float32Array.of(index, index, index),
    }));
    const origin = index % 2 === 0 ? 'live' : 'replay';
    await repository.store(source, index % 3 === 0 ? batch.reverse() : batch, origin);
    await repository.forgetReplayed(1000);
  });
  const stored = await createForecastRepository(databases[0]!, () => START).range(source, {
    from: START,
    to: START + 60 * STEP,
    origin: 'live',
  });
  expect(stored).toHaveLength(60);
  // All of one live decision: a later one replaces no live forecast.
  expect(new Set(stored.map(({ quantiles }) => quantiles[0]! % 2))).toEqual(new Set([0]));
});

test('polls that nodes store at the same time are all counted', async () => {
  const { databases } = await openSharedStore(NODES);
  await everywhere(databases, 10, (database, index) => {
    const spans = ['a', 'b', 'c'].map((id) => [id, pollAt(START + index)] as const);
    return createPollRepository(database).add(new Map(index % 2 === 0 ? spans : spans.reverse()));
  });
  const runs = await createPollRepository(databases[0]!).all();
  expect([...runs].sort()).toMatchObject(
    ['a', 'b', 'c'].map((id) => [id, { polls: 30, lastPollAt: START + 29 }]),
  );
});
