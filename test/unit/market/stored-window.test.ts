import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Candle } from '../../../src/candle.ts';
import { openDatabase } from '../../../src/db/open-database.ts';
import { createMarketRepository } from '../../../src/market/store/market-repository.ts';
import { createStoredWindows } from '../../../src/market/store/stored-window.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { CANDLE, walk } from '../../helper/market.ts';

const START = Date.UTC(2025, 10, 3);
const { candles, funding } = walk({ start: START, count: 1510 });
const DUE = START + 1499 * CANDLE;
const LEAD = 24 * 60 * 60_000;

/** A store on disk with 1500 candles, and windows over it. */
async function openWindows() {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-windows-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'store.sqlite');
  const { repository, ...opened } = await connect(file);
  await repository.candles.store('ETHUSDT', '15m', candles.slice(0, 1500));
  await repository.funding.store('ETHUSDT', funding, { from: START - LEAD, to: DUE + CANDLE });
  return { repository, ...opened, anotherProcess: () => connect(file) };
}

/** A connection of its own to the store, windows over it, and how often they read candles. */
async function connect(file: string) {
  const database = await openDatabase({ kind: 'sqlite', file: file });
  onTestFinished(() => database.destroy());
  const repository = createMarketRepository(database);
  let reads = 0;
  const windows = createStoredWindows({
    ...repository,
    candles: {
      ...repository.candles,
      newest(...args) {
        reads += 1;
        return repository.candles.newest(...args);
      },
    },
  });
  return { repository, windows, reads: () => reads };
}

const newest = candles[1499] as Candle;
const corrected = { ...newest, close: newest.open };

test('a window is read once and shared by all callers', async () => {
  const { windows, reads } = await openWindows();
  const first = await windows.newest('ETHUSDT', DEFAULT_PIPELINE, DUE);
  expect(first).toMatchObject({ enough: true, current: true });
  expect(await windows.newest('ETHUSDT', DEFAULT_PIPELINE, DUE)).toBe(first);
  expect(reads()).toBe(1);
  expect(await windows.read('ETHUSDT', DEFAULT_PIPELINE, DUE)).toEqual(first);
});

test('a caller cannot change the shared window', async () => {
  const { windows } = await openWindows();
  const window = await windows.newest('ETHUSDT', DEFAULT_PIPELINE, DUE);
  const [first] = window.candles;
  expect(() => Object.assign(first as Candle, { close: 1 })).toThrow(TypeError);
  expect(() => (window.candles as unknown as Candle[]).push(newest)).toThrow(TypeError);
  expect(() => (window.funding as unknown as unknown[]).pop()).toThrow(TypeError);
});

test.each([
  ['a corrected candle', 'store'],
  ['a transaction', 'transaction'],
  ['funding', 'funding'],
  ['a write of another process', 'other'],
] as const)('a window is read again after %s', async (_name, way) => {
  const { repository, windows, anotherProcess } = await openWindows();
  const before = await windows.newest('ETHUSDT', DEFAULT_PIPELINE, DUE);
  if (way === 'store') await repository.candles.store('ETHUSDT', '15m', [corrected]);
  if (way === 'transaction') {
    const other = (await anotherProcess()).windows;
    await repository.beginWrite('ETHUSDT')(async (transaction) => {
      await transaction.candles.store('ETHUSDT', '15m', [corrected]);
      // Before the commit, others still read what was stored before.
      expect(await other.newest('ETHUSDT', DEFAULT_PIPELINE, DUE)).toEqual(before);
    });
    expect((await other.newest('ETHUSDT', DEFAULT_PIPELINE, DUE)).candles.at(-1)).toMatchObject(corrected);
  }
  if (way === 'funding') {
    await repository.funding.store('ETHUSDT', [{ time: DUE, rate: 0.002 }], { from: START, to: DUE });
  }
  if (way === 'other') {
    const other = (await anotherProcess()).repository;
    await other.candles.store('ETHUSDT', '15m', [corrected]);
  }
  const after = await windows.newest('ETHUSDT', DEFAULT_PIPELINE, DUE);
  expect(after.revision).not.toBe(before.revision);
  if (way === 'funding') expect(after.funding.at(-1)).toEqual({ time: DUE, rate: 0.002 });
  else expect(after.candles.at(-1)).toMatchObject(corrected);
});

test('a window is not read again after writes of other symbols or a rolled back write', async () => {
  const { repository, windows, reads } = await openWindows();
  const before = await windows.newest('ETHUSDT', DEFAULT_PIPELINE, DUE);
  await repository.candles.store('BTCUSDT', '15m', [newest]);
  await repository
    .beginWrite('ETHUSDT')(async (transaction) => {
      await transaction.candles.store('ETHUSDT', '15m', [corrected]);
      throw new Error('no');
    })
    .catch(() => {});
  expect(await windows.newest('ETHUSDT', DEFAULT_PIPELINE, DUE)).toBe(before);
  expect(reads()).toBe(1);
});

test('every write of candles, funding and gaps changes the revision of its symbol only', async () => {
  const { repository } = await openWindows();
  const { candles: table, funding: rates, gaps } = repository;
  const writes = [
    () => table.store('ETHUSDT', '15m', [corrected]),
    () => table.store('ETHUSDT', '3m', [newest]),
    () => table.storeFilled('ETHUSDT', '3m', [{ ...newest, openTime: DUE + CANDLE }]),
    () => rates.store('ETHUSDT', [], { from: START, to: DUE }),
    () => gaps.settle('ETHUSDT', '3m', { from: DUE, to: DUE + CANDLE }, DUE),
  ];
  const other = await repository.revision('BTCUSDT');
  const revisions = [await repository.revision('ETHUSDT')];
  for (const write of writes) {
    await write();
    revisions.push(await repository.revision('ETHUSDT'));
  }
  expect(new Set(revisions).size).toBe(writes.length + 1);
  await table.store('ETHUSDT', '3m', []);
  expect(await repository.revision('ETHUSDT')).toBe(revisions.at(-1));
  expect(await repository.revision('BTCUSDT')).toBe(other);
});

test('a window that was read during a write is not cached', async () => {
  const { repository, windows } = await openWindows();
  const reading = windows.newest('ETHUSDT', DEFAULT_PIPELINE, DUE);
  await repository.candles.store('ETHUSDT', '15m', [corrected]);
  await reading;
  expect((await windows.newest('ETHUSDT', DEFAULT_PIPELINE, DUE)).candles.at(-1)).toMatchObject(corrected);
});

test('a window ends with the candle that is due', async () => {
  const { repository, windows } = await openWindows();
  await windows.newest('ETHUSDT', DEFAULT_PIPELINE, DUE);
  await repository.candles.store('ETHUSDT', '15m', candles.slice(1500, 1501));
  expect((await windows.newest('ETHUSDT', DEFAULT_PIPELINE, DUE)).candles.at(-1)?.openTime).toBe(DUE);
  expect((await windows.newest('ETHUSDT', DEFAULT_PIPELINE, DUE + CANDLE)).candles.at(-1)?.openTime).toBe(
    DUE + CANDLE,
  );
});
