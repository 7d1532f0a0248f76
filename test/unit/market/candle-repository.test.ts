import { describe, expect, test } from 'vitest';
import { createMarketRepository } from '../../../src/market/store/market-repository.ts';
import { CANDLE, walk } from '../../helper/market.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

const START = Date.UTC(2025, 10, 10);
const { candles } = walk({ start: START, count: 12_001 });

async function open() {
  const database = await openTestDatabase();
  return createMarketRepository(database);
}

describe('candles', () => {
  test('are read unchanged, in order, with both ends of the range', async () => {
    const { candles: table } = await open();
    await table.store('ETHUSDT', '15m', candles.toReversed());
    const expected = candles.map((candle) => ({ ...candle, filled: false }));
    expect(await table.range('ETHUSDT', '15m', START, START + 12_000 * CANDLE)).toEqual(expected);
    expect(await table.range('ETHUSDT', '15m', START + CANDLE, START + 2 * CANDLE)).toEqual(
      expected.slice(1, 3),
    );
    expect(await table.newest('ETHUSDT', '15m', 3)).toEqual(expected.slice(-3));
    expect(await table.newest('ETHUSDT', '15m', 2, START + 9 * CANDLE + 1)).toEqual(expected.slice(8, 10));
  });

  test('are separate for each symbol and timeframe', async () => {
    const { candles: table } = await open();
    await table.store('ETHUSDT', '15m', candles.slice(0, 2));
    expect(await table.newest('BTCUSDT', '15m', 9)).toEqual([]);
    expect(await table.newest('ETHUSDT', '3m', 9)).toEqual([]);
  });

  test('are replaced by later candles of the exchange, never by filled ones', async () => {
    const { candles: table } = await open();
    const [candle] = candles as [(typeof candles)[number]];
    const flat = { ...candle, volume: 0 };
    const corrected = { ...candle, volume: candle.volume + 1 };
    const stored = () => table.newest('ETHUSDT', '15m', 1);
    await table.storeFilled('ETHUSDT', '15m', [flat]);
    expect(await stored()).toEqual([{ ...flat, filled: true }]);
    await table.store('ETHUSDT', '15m', [candle]);
    await table.storeFilled('ETHUSDT', '15m', [flat]);
    expect(await stored()).toEqual([{ ...candle, filled: false }]);
    await table.store('ETHUSDT', '15m', [corrected]);
    expect(await stored()).toEqual([{ ...corrected, filled: false }]);
  });

  test('of a transaction are all stored, or none', async () => {
    const repository = await open();
    const work = repository.beginWrite('ETHUSDT')(async ({ candles: table }) => {
      await table.store('ETHUSDT', '15m', candles);
      throw new Error('the process died here');
    });
    await expect(work).rejects.toThrow('died');
    expect(await repository.candles.newest('ETHUSDT', '15m', 1)).toEqual([]);
  });
});

describe('gaps', () => {
  const at = (index: number) => START + index * CANDLE;

  test('are ranges of filled candles, with the times they were found and requested', async () => {
    const { candles: table, gaps } = await open();
    await table.store('ETHUSDT', '15m', candles.slice(0, 20));
    const settle = (from: number, to: number, time: number) =>
      gaps.settle('ETHUSDT', '15m', { from: at(from), to: at(to) }, time);
    const list = async () =>
      (await gaps.list('ETHUSDT', '15m')).map((gap) => [
        (gap.from - START) / CANDLE,
        (gap.to - START) / CANDLE,
        gap.candles,
        gap.foundAt,
        gap.requestedAt,
        gap.requests,
      ]);
    await table.storeFilled('ETHUSDT', '15m', candles.slice(20, 30));
    await settle(20, 29, 100);
    expect(await list()).toEqual([[20, 29, 10, 100, 100, 1]]);
    // The exchange has two of them after all.
    await table.store('ETHUSDT', '15m', candles.slice(24, 26));
    await settle(24, 25, 200);
    expect(await list()).toEqual([
      [20, 23, 4, 100, 200, 2],
      [26, 29, 4, 100, 200, 2],
    ]);
    await settle(26, 29, 300);
    expect(await gaps.list('ETHUSDT', '15m', at(0), at(20))).toHaveLength(1);
    await table.store('ETHUSDT', '15m', candles.slice(20, 24));
    await settle(20, 23, 400);
    expect(await list()).toEqual([[26, 29, 4, 100, 300, 3]]);
  });
});

describe('funding', () => {
  const rates = [1, 2, 3].map((time) => ({ time, rate: time / 1000 }));

  test('is read in order, with the range in which it is complete', async () => {
    const { funding } = await open();
    expect(await funding.coverage('ETHUSDT')).toBeUndefined();
    await funding.store('ETHUSDT', rates.toReversed(), { from: 0, to: 5 });
    expect(await funding.range('ETHUSDT', 2, 3)).toEqual(rates.slice(1));
    expect(await funding.coverage('ETHUSDT')).toEqual({ from: 0, to: 5 });
  });

  test.each([
    ['that follows', { from: 5, to: 9 }, { from: 0, to: 9 }],
    ['that goes before', { from: -4, to: 0 }, { from: -4, to: 5 }],
    ['that lies inside', { from: 2, to: 3 }, { from: 0, to: 5 }],
    ['later, apart', { from: 7, to: 9 }, { from: 7, to: 9 }],
    ['earlier, apart', { from: -9, to: -7 }, { from: 0, to: 5 }],
  ])('joins a range %s', async (_name, added, expected) => {
    const { funding } = await open();
    await funding.store('ETHUSDT', rates, { from: 0, to: 5 });
    await funding.store('ETHUSDT', [], added);
    expect(await funding.coverage('ETHUSDT')).toEqual(expected);
  });
});
