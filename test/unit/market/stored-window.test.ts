import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Candle } from '../../../src/candle.ts';
import { openDatabase } from '../../../src/db/connection.ts';
import { createMarketRepository } from '../../../src/market/store/market-repository.ts';
import { createStoredWindows } from '../../../src/market/store/stored-window.ts';
import { CANDLE, walk } from '../../helper/market.ts';

const START = Date.UTC(2025, 10, 3);
const { candles, funding } = walk({ start: START, count: 1510 });
const DUE = START + 1499 * CANDLE;
const LEAD = 24 * 60 * 60_000;

/** A store on disk with 1500 candles, windows over it, and how often the store was read. */
async function openWindows() {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-windows-'));
  const file = join(folder, 'store.sqlite');
  const database = await openDatabase(file);
  onTestFinished(async () => {
    await database.destroy();
    await rm(folder, { recursive: true });
  });
  const repository = createMarketRepository(database);
  await repository.candles.store('ETHUSDT', '15m', candles.slice(0, 1500));
  await repository.funding.store('ETHUSDT', funding, { from: START - LEAD, to: DUE + CANDLE });
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
  return { repository, windows, file, reads: () => reads };
}

const newest = candles[1499] as Candle;
const corrected = { ...newest, close: newest.open };

test('a window is read once, and then handed out at once, the same to all', async () => {
  const { windows, reads } = await openWindows();
  const first = await windows.newest('ETHUSDT', DUE);
  expect(first).toMatchObject({ enough: true, current: true });
  expect(windows.newest('ETHUSDT', DUE)).toBe(first);
  expect(reads()).toBe(1);
  expect(await windows.read('ETHUSDT', DUE)).toEqual(first);
});

test('nobody can change it for the others', async () => {
  const { windows } = await openWindows();
  const window = await windows.newest('ETHUSDT', DUE);
  const [first] = window.candles;
  expect(() => Object.assign(first as Candle, { close: 1 })).toThrow(TypeError);
  expect(() => (window.candles as unknown as Candle[]).push(newest)).toThrow(TypeError);
  expect(() => (window.funding as unknown as unknown[]).pop()).toThrow(TypeError);
});

test.each([
  ['a corrected candle', 'store'],
  ['a transaction', 'together'],
  ['funding', 'funding'],
  ['another process', 'other'],
] as const)('is read again after %s', async (_name, way) => {
  const { repository, windows, file } = await openWindows();
  await repository.noticeOtherProcesses();
  const before = await windows.newest('ETHUSDT', DUE);
  if (way === 'store') await repository.candles.store('ETHUSDT', '15m', [corrected]);
  if (way === 'together') {
    await repository.together(async (transaction) => {
      await transaction.candles.store('ETHUSDT', '15m', [corrected]);
      // Until it is committed, what was stored before is right.
      expect(windows.newest('ETHUSDT', DUE)).toBe(before);
    });
  }
  if (way === 'funding') {
    await repository.funding.store('ETHUSDT', [{ time: DUE, rate: 0.002 }], { from: START, to: DUE });
  }
  if (way === 'other') {
    const other = await openDatabase(file);
    await createMarketRepository(other).candles.store('ETHUSDT', '15m', [corrected]);
    await other.destroy();
    await repository.noticeOtherProcesses();
  }
  const after = await windows.newest('ETHUSDT', DUE);
  expect(after.revision).not.toBe(before.revision);
  if (way === 'funding') expect(after.funding.at(-1)).toEqual({ time: DUE, rate: 0.002 });
  else expect(after.candles.at(-1)).toMatchObject(corrected);
});

test('is not read again for what concerns other symbols or timeframes, or was rolled back', async () => {
  const { repository, windows, reads } = await openWindows();
  const before = await windows.newest('ETHUSDT', DUE);
  await repository.candles.store('BTCUSDT', '15m', [newest]);
  await repository.candles.store('ETHUSDT', '3m', [newest]);
  await repository
    .together(async (transaction) => {
      await transaction.candles.store('ETHUSDT', '15m', [corrected]);
      throw new Error('no');
    })
    .catch(() => {});
  await repository.noticeOtherProcesses();
  await repository.noticeOtherProcesses();
  expect(windows.newest('ETHUSDT', DUE)).toBe(before);
  expect(reads()).toBe(1);
});

test('that was being read while something was written is not kept', async () => {
  const { repository, windows } = await openWindows();
  const reading = windows.newest('ETHUSDT', DUE);
  await repository.candles.store('ETHUSDT', '15m', [corrected]);
  await reading;
  expect((await windows.newest('ETHUSDT', DUE)).candles.at(-1)).toMatchObject(corrected);
});

test('ends with the candle that is due', async () => {
  const { repository, windows } = await openWindows();
  await windows.newest('ETHUSDT', DUE);
  await repository.candles.store('ETHUSDT', '15m', candles.slice(1500, 1501));
  expect((await windows.newest('ETHUSDT', DUE)).candles.at(-1)?.openTime).toBe(DUE);
  expect((await windows.newest('ETHUSDT', DUE + CANDLE)).candles.at(-1)?.openTime).toBe(DUE + CANDLE);
});
