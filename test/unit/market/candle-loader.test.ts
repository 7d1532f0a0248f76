import { expect, test } from 'vitest';
import { MINUTE, walk } from '../../helper/market.ts';
import { openSimulatedMarket } from '../../helper/simulated-market.ts';

const START = Date.UTC(2025, 10, 27, 10);
const STEP = 3 * MINUTE;

test('candles at the end of a range are never filled, even when the range is empty', async () => {
  const recording = walk({ timeframe: '3m', start: START, count: 1000 });
  const { repository, loaders, clock, passTo } = await openSimulatedMarket({
    ...{ start: START + 100 * STEP + MINUTE, recordings: [recording] },
  });
  const load = async (from: number, to: number) => {
    const loading = loaders.candles.load('ETHUSDT', '3m', from, to);
    await passTo(clock() + 5_000);
    await loading;
  };
  await load(START + 110 * STEP, START + 110 * STEP);
  await load(START + 105 * STEP, START + 120 * STEP);
  expect(await repository.candles.openTimes('ETHUSDT', '3m', START, START + 200 * STEP)).toEqual([]);
  await load(START + 98 * STEP, START + 120 * STEP);
  const stored = await repository.candles.range('ETHUSDT', '3m', START, START + 200 * STEP);
  expect(stored.map(({ openTime, filled }) => [openTime, filled])).toEqual([
    [START + 98 * STEP, false],
    [START + 99 * STEP, false],
  ]);
  expect(await repository.gaps.list('ETHUSDT', '3m')).toEqual([]);
});
